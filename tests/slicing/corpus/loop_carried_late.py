# target: a
a = b = c = d = 0
for n in range(1, 6):
    a = b
    b = c
    c = n * n
    d = d + n
print(d)
