# target: tree
from collections import defaultdict


def make():
    return defaultdict(make)


tree = make()
tree["a"]["b"]["c"] = 1
probe = tree["x"]["y"]
depth = 3
print(len(probe), depth)
