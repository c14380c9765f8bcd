# target: flat, long, given, one, other, named, several, listed, renamed, put, later, cut, seen, plain, counted
import pandas as pd

frame = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
rows = frame.index
rows.name = "key"
flat = frame.reset_index()

wide = pd.DataFrame({"a": [1], "b": [2]})
columns = wide.columns
columns.name = "field"
long = wide.stack().reset_index()

shared = pd.Index([1, 2])
one = pd.Series([1, 2], index=shared)
other = pd.Series([3, 4], index=shared)
shared.name = "k"
given = one.index.name
one.index.name = "j"
named = other.index.name

places = pd.MultiIndex.from_product([["a", "b"], [1, 2]])
tall = pd.DataFrame({"v": range(4)}, index=places)
tall.index.names = ["l", "n"]
several = list(places.names)
names = list(tall.index.names)
names[0] = "first"
tall.index.names = names
listed = tall.reset_index()

table = pd.DataFrame({"a": [1]})
table.index.rename("q", inplace=True)
renamed = table.reset_index()

stamps = pd.Index([5, 6])
put = pd.DataFrame({"a": [1, 2]})
put.index = stamps
stamps.name = "at"

later = pd.DataFrame({"a": [1, 2]})
labels = later["a"].index
labels.name = "label"

cut = frame.columns[1:]
cut.name = "cut"

seen = pd.DataFrame({"a": [1], "b": [2]})
for column in seen.columns:
    seen[column] = seen[column] * 2
features = [column for column in seen.columns if column != "b"]
plain = seen[features]
counted = len(seen.columns)
