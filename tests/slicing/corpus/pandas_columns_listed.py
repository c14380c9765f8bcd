# target: changed, grown, chosen, merged, nested, either
import pandas as pd

frame = pd.DataFrame({"a": [1, 2, 3], "b": [3, 4, 5], "c": [5, 6, 7]})

names = ["a"]
frame["c"] = frame["c"] + 1
names.append("c")
changed = frame[names]

first = second = ["a"]
frame["b"] = frame["b"] * 2
second += ["b"]
grown = frame[first]

picked = ["a"]
if len(frame) > 2:
    picked = ["c"]
frame["c"] = frame["c"] + 1
chosen = frame[picked]


def widen():
    listed.append("b")


listed = ["a"]
frame["b"] = frame["b"] - 1
widen()
merged = frame[listed + ["c"]]

nested = []
wanted = ["a"]
frame["c"] = frame["c"] * 3
for _ in range(2):
    nested.append(frame[wanted])
    wanted.append("c")

kind = "b" if len(frame) > 2 else ["a"]
frame["b"] = frame["b"] + 7
either = frame[kind]
