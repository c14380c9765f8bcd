# target: matrix
matrix = [[1, 2, 3], [4, 5, 6]]
sums = []
for i, row in enumerate(matrix):
    row[i] = 0
    sums.append(sum(row))
print(sums)
