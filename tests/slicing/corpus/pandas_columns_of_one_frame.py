# target: ratio, flags, grown, scaled, picked, rows, wide, renamed, empty_b, late, total, split, sliced, cells, means, by_name, chosen, loop_sum
import numpy as np
import pandas as pd

df = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [4.0, 3, 2, 1], "k": list("xyxy")})
df["ratio"] = df["a"] / df["b"]
df["noise"] = np.arange(4)
ratio = df["ratio"].sum()
df["flag"] = df["a"] > 2
df.loc[df["flag"], "noise"] = -1
flags = df["flag"].tolist()
view = df["b"]
scaled_input = df[["a", "b"]]
df["b"] *= 10
scaled = df["b"].tolist()
df.loc[4] = [5.0, 6.0, "z", 0.8, 9, True]
grown = df["a"].tolist()
picked = df.loc[df["k"] == "x", "ratio"].tolist()
rows = df.iloc[0].tolist()
wide = df.T[0].tolist()
renamed = df.rename(columns={"a": "first"})["first"].tolist()
empty = pd.DataFrame()
empty["a"] = [1, 2, 3]
empty["b"] = 7
empty_b = empty["b"].tolist()
columns = ["a", "b"]
for name in columns:
    df[name] = df[name] + 1
late = df["a"].tolist()
total = df[columns].sum().tolist()
X = df.drop(columns=["k", "flag"])
y = df["ratio"]
df["predicted"] = X["a"] * 2
split = [X["noise"].tolist(), y.tolist()]
part = df[1:3]
part = part.assign(a=0)
sliced = part["a"].tolist() + df["a"].tolist()
holder = pd.DataFrame({"lists": [[1], [2]], "n": [1, 2]})
holder["lists"][0].append(5)
holder["m"] = holder["lists"].map(len)
cells = holder["m"].tolist()
means = df.groupby("k")["ratio"].mean().tolist()
df.ratio = df.ratio * 2
by_name = df["ratio"].tolist()
other = df
other["chosen"] = 3
chosen = df["chosen"].tolist()
loop_sum = 0
for _, row in df.iterrows():
    loop_sum += row["a"] + row["chosen"]
