# target: columns
rows = [(1, "a"), (2, "b")]
ids, labels = zip(*rows)
columns = list(map(list, zip(*rows)))
columns[0].append(3)
print(ids, labels)
