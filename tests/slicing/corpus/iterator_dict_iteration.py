# target: order
d = {"x": 1, "y": 2}
it = iter(d)
first = next(it)
d["x"] = 10
order = [first, *it]
n = len(d)
print(n)
