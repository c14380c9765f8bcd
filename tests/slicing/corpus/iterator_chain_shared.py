# target: tail
from itertools import chain, islice

a = iter([1, 2, 3])
b = iter([4, 5])
joined = chain(a, b)
head = list(islice(joined, 2))
tail = list(a)
other = list(b)
print(head, other)
