# target: first, length, later, listed, stepped, grid, sizes, item, loaded, picked, filled, rows, total, drawn, mixed, joined, grouped, records, table, put, words, label
import numpy as np
import pandas as pd

shared = np.empty(2, dtype=object)
shared[0] = [1]
shared[1] = shared[0]
shared[1].append(2)
first = shared[0]

source = []
cells = np.array([source, None], dtype=object)
cells[0].append(2)
length = len(source)
source.append(1)
later = len(cells[0])
cells.tolist()[0].append(3)
listed = len(source)


class Cell:
    def __init__(self, n=0):
        self.n = n


made = [Cell() for _ in range(3)]
for cell in np.array(made):
    cell.n += 1
stepped = made[0].n

grid = np.empty((2, 2), dtype=object)
for i in range(2):
    for j in range(2):
        grid[i, j] = []
grid[0, 1].append(5)
grid[1][0].append(7)

bins = np.empty(3, dtype="object")
for i in range(3):
    bins[i] = []
for value in (0, 1, 1, 2):
    bins[value].append(value)
sizes = [len(one) for one in bins]

settings = np.array({"a": 1}, dtype=object)
settings.item()["b"] = 2
item = settings.item()
np.save("settings.npy", {"a": 1})
read = np.load("settings.npy", allow_pickle=True)
found = read.item()
found["b"] = 2
loaded = read[()]

lists = np.array([[], []] + [None], dtype=object)
some = lists[[0, 1]]
some[0].append(4)
picked = lists[0]

parts = [[1], [2]]
whole = np.empty(2, dtype=object)
whole[:] = parts
parts[0].append(7)
filled = whole.tolist()

records = [{"a": 1}, {"a": 2}]
table = np.array(records)
for record in records:
    record["b"] = 1
rows = table[0]

points = [Cell(1), Cell(2)]
array = np.array(points, dtype=object)
points[0].n = 10
total = sum(point.n for point in array)

rng = np.random.default_rng(0)
few = [Cell(), Cell()]
one = rng.choice(few)
one.n = 5
drawn = [cell.n for cell in few]

mixed = [[0], [1], [2]]
order = np.array([None] * 3, dtype=object)
for i in range(3):
    order[i] = mixed[i]
rng.permutation(order)[0].append("x")

halves = np.array([[3], [1]] + [None], dtype=object)[:2]
np.concatenate([halves, halves])[0].append(9)
joined = halves[0]

groups = pd.DataFrame({"k": [1, 1, 2], "v": [1, 2, 3]}).groupby("k")["v"].apply(list)
groups[1].append(9)
groups.to_dict()[2].append(8)
grouped = groups.tolist()

tags = [{"x"}, {"y"}]
frame = pd.DataFrame({"a": [1, 2]})
frame["tags"] = tags
tags[0].add("z")
put = frame["tags"].iloc[0]

words = [["x"], ["y"]]
frame["words"] = words
words[0].append("z")
words = frame["words"].iloc[0]
labels = ["l"]
frame.at[1, "words"] = labels
labels.append("m")
label = frame["words"].iloc[1]
