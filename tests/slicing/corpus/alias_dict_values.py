# target: groups
groups = {"a": [], "b": []}
for n, group in enumerate(groups.values()):
    group.append(n)
first = next(iter(groups.values()))
first.append("first")
keys = list(groups)
print(keys)
