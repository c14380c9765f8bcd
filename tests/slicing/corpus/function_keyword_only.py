# target: result
def blend(a, /, b, *rest, sep="-", **extra):
    return sep.join([a, b, *rest, *sorted(extra)])


defaults = {"sep": "+"}
short = blend("x", "y")
result = blend("a", "b", "c", **defaults, z=1, y=2)
print(short)
