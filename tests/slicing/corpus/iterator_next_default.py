# target: third
it = iter([1])
first = next(it, None)
second = next(it, "none")
print(first, second)
it = iter([7, 8])
skip = next(it)
third = next(it, 0)
