# target: found
grid = [[1, 2, 3], [4, 5, 6]]
found = None
looked = 0
for r, row in enumerate(grid):
    for c, value in enumerate(row):
        looked += 1
        if value == 5:
            found = (r, c)
            break
    else:
        continue
    break
print(looked)
