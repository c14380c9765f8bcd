# target: back
import pandas as pd

df = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
df.to_csv("a.csv", index=False)
df["a"] = df["a"] * 10
df.to_csv("b.csv", index=False)
df.to_json("c.json")
back = pd.read_csv("a.csv")
print(len(df))
