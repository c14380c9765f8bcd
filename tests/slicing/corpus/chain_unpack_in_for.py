# target: total
pairs = [(1, (2, 3)), (4, (5, 6))]
total = 0
firsts = []
for a, (b, c) in pairs:
    total += b * c
    firsts.append(a)
print(firsts)
