# target: b
len = lambda x: -1
a = len([1, 2])
del len
b = len([1, 2, 3])
c = a + 1
print(c)
