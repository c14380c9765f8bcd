# target: c
from itertools import count

ids = count(100)
a = next(ids)
b = next(ids)
other = count()
waste = next(other)
c = {"id": next(ids)}
print(a, b, waste)
