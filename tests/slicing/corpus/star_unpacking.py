# target: middle
head, *middle, tail = [1, 2, 3, 4, 5]
middle.append(head)
other = [*middle, tail]
other.append(100)
print(other)
