# target: a, b
a = [[1], [2]]
b = [[3], [4]]
n = 0
for x, y in zip(a, b):
    x.extend(y)
    n += len(x)
print(n)
