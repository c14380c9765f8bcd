# target: df, small, first
import pandas as pd

df = pd.DataFrame({"a": [1, 2, 3], "b": [0.0, 0.0, 0.0]})
small = df[df["a"] > 1].reset_index(drop=True)
small["b"] = 5.0
df.loc[df["a"] > 2, "b"] = 1.5
both = df[["a", "b"]]
both.insert(0, "c", 1)
first = df[(df["a"] > 1) & ~(df["b"] > 1)]
first = first.assign(b=2.0)
mask = df["a"] > 1
small[mask[:2].to_numpy()] *= 2
df[df > 2] = 0
print(both)
