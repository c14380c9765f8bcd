# target: a, b
a = [1]
b = a
b += [2]
b = b + [3]
b += [4]
c = (1,)
c += (2,)
print(c)
