# target: again
import pandas as pd

df = pd.DataFrame({"x": [1, 2, 3]})
df.to_pickle("x.pkl")
df.drop(index=0, inplace=True)
again = pd.read_pickle("x.pkl")
again["y"] = again["x"] + 1
print(df.shape)
