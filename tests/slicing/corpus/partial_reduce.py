# target: product
from functools import partial, reduce

calls = []


def times(a, b):
    calls.append((a, b))
    return a * b


product = reduce(times, [2, 3, 4])
double = partial(times, 2)
eight = double(4)
print(eight, len(calls))
