# target: copied, shared, kept, listed, series, named, cells, row, own
import numpy as np
import pandas as pd

array = np.array([1.0, 2.0])
frame = pd.DataFrame({"a": array, "b": [1, 2]})
array[0] = 9
copied = frame["a"].tolist()
kept = array
frame.loc[0, "a"] = 7
other = np.array([[1.0, 2.0], [3.0, 4.0]])
view = pd.DataFrame(other, columns=["a", "b"])
other[0, 0] = 5
shared = view["a"].tolist()
same = np.array([1.0, 2.0])
asked = pd.DataFrame({"a": same}, copy=False)
same[1] = 8
listed = asked["a"].tolist()
one = pd.Series([1, 2])
series = pd.DataFrame({"a": one})
one.iloc[0] = 5
rows = pd.Index([1, 2])
indexed = pd.DataFrame({"a": [1, 2]}, index=rows)
rows.name = "row"
named = indexed.index.name
boxes = np.array([[], []], dtype=object)
lists = np.empty(2, dtype=object)
lists[:] = [[1], [2]]
cells = pd.DataFrame({"a": lists})
lists[0].append(3)
first = np.array([1, 2])
row = pd.DataFrame([first, first])
first[0] = 4
frame["c"] = array
array[1] = 3
own = frame["c"].tolist()
