# target: table
n = 3
table = [[0] * n for _ in range(n)]
writes = 0
for i in range(n):
    for j in range(n):
        if i == j:
            continue
        table[i][j] = i * 10 + j
        writes += 1
        if writes % 2 == 0:
            print("wrote", writes)
