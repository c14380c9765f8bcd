# target: items
items = [5, 3, 1]
i, j = 0, 2
items[i], items[j] = items[j], items[i]
moves = 1
i, items[i] = 1, 99
print(moves)
