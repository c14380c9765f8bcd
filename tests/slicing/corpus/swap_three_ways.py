# target: c
a, b, c = [1], [2], [3]
a, b, c = b, c, a
b.append("b")
c.append("c")
d = len(a)
print(d)
