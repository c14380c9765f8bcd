# target: ordered
weights = {"x": 3, "y": 1, "z": 2}
names = list("xyz")
rank = lambda n: weights[n]
before = sorted(names, key=rank)
weights["y"] = 10
ordered = sorted(names, key=rank)
print(before)
