# target: sums, firsts, rolled, lists
import pandas as pd

one = [1]
frame = pd.DataFrame({"a": [1, 2, 3], "b": [3, 3, 4], "c": [one, [2], [3]]})
groups = frame.groupby("b")
frame["a"] = frame["a"] * 2
sums = groups["a"].sum()
firsts = groups["c"].first()
one.append(3)
lists = frame.groupby("a")["c"].agg(list)
frame.loc[1, "c"].append(5)
window = frame["a"].rolling(2)
rolled = window.sum()
rolled.iloc[0] = 0
