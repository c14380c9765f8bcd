# target: depth, rate, chosen, other, total, kept, late, flagged, X
import pandas as pd

target = "species"
key = "depth"
config = {"rate": 0.1, "depth": 2}
config["rate"] = 0.2
config[key] += 1
depth = config["depth"]
key = "rate" if depth > 2 else "depth"
config[key] = 5
rate = config["rate"]
late = config["depth"]
exec("target = 'kind'")
df = pd.DataFrame({"species": [1, 2, 1], "kind": [3, 4, 4], "a": [1.0, 2.0, 3.0]})
df[target] = 0
chosen = df["species"].tolist()
other = df["kind"].tolist()
column = "a"
df[column] *= 2
df["b"] = df[column] + 1
df["flag"] = df["b"] > 4
df.loc[df["flag"], "b"] = -1
df.loc[[0, 2], "kind"] = 7
total = df["a"].sum()
flagged = df["flag"].tolist()


def scaled(frame, name="a"):
    frame[name] = frame[name] * 10
    return frame[name]


kept = scaled(df).tolist(), scaled(df, "b").tolist()
X = df.drop(columns=[column])
for name in ("a", "b"):
    df[name] = 1
