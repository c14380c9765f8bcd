# target: table
table = {"a": 1, "b": 2, "c": 3}
temp = [1, 2, 3]
del temp[0]
del table["b"]
key = "a"
del temp
print(key)
