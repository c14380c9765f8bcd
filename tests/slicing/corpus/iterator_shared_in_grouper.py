# target: pairs
flat = [1, 2, 3, 4, 5]
it = iter(flat)
pairs = list(zip(it, it))
rest = next(it, None)
label = f"{len(flat)} numbers"
print(rest, label)
