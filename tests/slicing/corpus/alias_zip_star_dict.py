# target: stats
stats = {"a": [0], "b": [0]}
for (name, cell), n in zip(stats.items(), [5, 7]):
    cell[0] += n
    name = name.upper()
print(name)
