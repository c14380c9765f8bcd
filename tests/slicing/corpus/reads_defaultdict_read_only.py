# target: d
from collections import defaultdict

d = defaultdict(int)
d["a"] += 1
for key in "abc":
    if d[key] > 0:
        print("has", key)
size = 3
print(size)
