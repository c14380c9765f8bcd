# target: result
items = [1, 2]
lazy = (x * 10 for x in items)
items.append(3)
tags = ["t"]
tags.append("u")
result = list(lazy)
print(tags)
