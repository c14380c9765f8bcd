# target: items
items = [3, 1]
list.append(items, 2)
list.sort(items)
table = {}
dict.update(table, a=1)
str.upper("x")
print(table)
