# target: top
import pandas as pd

df = pd.DataFrame({"k": list("abab"), "v": [4, 1, 3, 2]})
shape = df.shape
top = (
    df.assign(w=lambda d: d["v"] ** 2)
    .query("v > 1")
    .sort_values("w", ascending=False)
    .groupby("k")
    .head(1)
    .reset_index(drop=True)
)
counts = df["k"].value_counts()
print(shape, counts)
