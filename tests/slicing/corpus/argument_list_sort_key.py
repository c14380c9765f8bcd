# target: names
names = ["bob", "Ann", "carl"]
order = sorted(names)
names.sort(key=str.lower, reverse=True)
result = names.sort()
names.reverse()
print(order, result)
