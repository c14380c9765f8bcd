# target: df
import pandas as pd

df = pd.DataFrame({"a": [1, 2], "b": [3, 4], "c": [5, 6], "d": [7, 8]})
print(df["d"].mean())
del df["b"]
df.drop(columns=["c"], inplace=True)
kept = df.drop(columns=["a"])
df.set_index("a", inplace=True)
print(kept)
