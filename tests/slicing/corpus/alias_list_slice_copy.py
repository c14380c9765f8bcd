# target: original
original = [[1], [2]]
part = original[:]
part.append([3])
part[0].append("x")
size = len(part)
print(size)
