# target: grid
grid = [[0] * 3] * 2
safe = [[0] * 3 for _ in range(2)]
grid[0][0] = 1
safe[0][0] = 1
print(safe)
