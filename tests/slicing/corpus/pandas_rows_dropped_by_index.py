# target: df
import pandas as pd

df = pd.DataFrame({"a": range(5)})
bad = df[df["a"] % 2 == 0].index
df.drop(bad, inplace=True)
df.reset_index(drop=True, inplace=True)
shape = df.shape
df.index += 10
print(shape)
