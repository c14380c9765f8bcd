# target: rest
from itertools import dropwhile, takewhile

stream = iter([1, 2, 9, 3, 4])
small = list(takewhile(lambda n: n < 5, stream))
other = list(dropwhile(lambda n: n < 2, [1, 2, 3]))
rest = list(stream)
print(small, other)
