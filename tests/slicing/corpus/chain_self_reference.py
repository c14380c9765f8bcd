# target: x
x = [1, 2]
y = [0]
x = x + [x[0]]
y = y * 3
x = [*x, len(x)]
print(y)
