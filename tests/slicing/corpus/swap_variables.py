# target: a
a = [1]
b = [2]
c = 3
a, b = b, a
a.append(4)
b.append(5)
c += 1
print(c)
