# target: first, order, found, missing, merged, part
table = {}
table["b"] = 1
table["a"] = 2
table["b"] = 3
first = next(iter(table))
order = list(table)
try:
    found = table["c"]
except KeyError:
    found = "none"
table["c"] = 4
try:
    missing = table["d"]
except KeyError as error:
    missing = str(error)
merged = {**table, "b": 0}
merged["b"] += table["b"]
table.update(a=10)
table["z"] = 5
part = table["a"]
