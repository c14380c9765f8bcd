# target: rows, table, seen, kept, upper
import importlib

part = [1]
rows = []
list.append(rows, part)
part.append(2)
value = {"n": 1}
table = {}
dict.__setitem__(table, "v", value)
value["n"] = 5
inner = (1, [2])
seen = [0]
add = list.insert
add(seen, 0, inner)
inner[1].append(3)
upper = list(map(str.upper, ["a", "b"]))
lists = importlib.import_module("bis" + "ect")
first = [5]
kept = [[1], [9]]
lists.insort(kept, first)
first.append(6)
