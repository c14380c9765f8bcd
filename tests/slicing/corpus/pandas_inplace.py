# target: df
import pandas as pd

df = pd.DataFrame({"a": [3, 1, 2], "b": [1.0, None, 2.0]})
df.dropna(inplace=True)
df.sort_values("a", inplace=True)
summary = df.describe()
print(summary)
df.head()
