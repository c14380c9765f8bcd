# target: cells, rows, table, arrays, moved
import numpy as np
import pandas as pd

cells = [1]
frame = pd.DataFrame({"a": [cells, [2]], "b": [1, 2]})
frame["a"][0].append(3)
rows = {"v": [np.zeros(2), np.ones(2)]}
columns = pd.DataFrame(rows)
value = columns["v"][0]
value += 1
table = {"k": {"list": [5]}}
series = pd.Series(table)
series["k"]["list"].insert(0, 4)
arrays = [np.arange(3)]
holder = pd.Series([arrays, None])
first = holder[0]
first[0] *= 2
last = holder.iloc[0][0]
last -= 1
moved = {"x": [[1, 2]]}
frames = pd.DataFrame(moved)
taken = frames[frames["x"].notna() == True]  # noqa: E712
taken["x"].iloc[0].reverse()
print(frame, columns, series, taken)
