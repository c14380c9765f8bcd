# target: features, frame, renamed, moved, rows, kinds, kind, groups, order, level, upper, axes
import pandas as pd

frame = pd.DataFrame({"x": [1], "z": [2], "y": [3]})
features = frame.columns.tolist()
features.remove("y")
frame = frame[features]

columns = frame.columns.to_numpy().copy()
columns[0] = "q"
renamed = pd.DataFrame({"a": [1], "b": [2]})
renamed.columns = columns

moved = renamed.columns.to_list()
moved.insert(0, moved.pop())

rows = pd.DataFrame({"a": [1, 2]}).values.tolist()
rows[0].append(5)

kinds = frame.dtypes
kinds["x"] = "changed"
kind = str(kinds["x"])

groups = pd.DataFrame({"k": ["a", "b", "a"], "v": [1, 2, 3]}).groupby("k").indices
groups["z"] = [0]
order = pd.Series(["a", "b", "a"]).value_counts().index.tolist()
order.reverse()

pair = pd.MultiIndex.from_tuples([("a", 1), ("b", 2)])
level = pd.Series([1, 2], index=pair).index.get_level_values(0).tolist()
level.append("z")

upper = frame.columns.str.upper().tolist()
for place, name in enumerate(upper):
    upper[place] = name * 2

axes = frame.axes
axes.append("x")
