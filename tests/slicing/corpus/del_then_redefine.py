# target: value
value = 1
copy = value
del value
other = copy + 1
value = copy * 10
print(other)
