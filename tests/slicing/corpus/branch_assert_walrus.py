# target: n
items = ["a", "b"]
assert (n := len(items)) == 2, "two items"
assert items
m = n + 1
print(m)
