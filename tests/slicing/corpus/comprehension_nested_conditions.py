# target: pairs
limit = 4
names = ["x", "yy"]
pairs = [(i, j) for i in range(limit) for j in range(i) if (i + j) % 2]
limit = 100
lookup = {n: len(n) for n in names}
inverse = {v: k for k, v in lookup.items()}
print(inverse)
