# target: x
x = y = z = []
w = 1
y.append("y")
z = z + ["z"]
w = w + 1
print(z, w)
