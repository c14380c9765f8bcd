# target: df
import pandas as pd

df = pd.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]}, index=["x", "y", "z"])
other = df.copy()
df.loc["x", "a"] = 100
df.iloc[1, 1] = 200
df.at["z", "b"] = 300
df.loc[df["a"] > 50, "c"] = 1.0
other.loc["x"] = 0
first = df.iloc[0]
print(first, other)
