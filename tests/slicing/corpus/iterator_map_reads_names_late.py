# target: scaled, numbered, first, rest, total
factor = 1
lazy = map(lambda value: value * factor, [1, 2])
pairs = enumerate(value + factor for value in [1, 2])
rows = zip((value - factor for value in [1, 2, 3]), [7, 8, 9])
factor = 5
scaled = list(lazy)
numbered = [*pairs]
first, *rest = rows
total = 0
for (product,) in zip(value * factor for value in [1, 2]):
    total += product
    factor = 100
