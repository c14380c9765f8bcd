# target: b
from itertools import islice, tee

source = iter(range(8))
a, b = tee(source)
head = list(islice(a, 3))
skipped = next(b)
b = list(b)
print(head, skipped)
