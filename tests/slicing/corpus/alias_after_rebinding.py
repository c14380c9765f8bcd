# target: old
current = [1]
old = current
current = [2]
current.append(3)
old.append(4)
count = len(current)
print(count)
