# target: total
rows = [(1, "x"), (2, "y")]
total = 0
labels = []
for id, type in rows:
    total += id
    labels.append(type)
print(labels)
