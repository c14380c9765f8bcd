# target: cache
from collections import OrderedDict

cache = OrderedDict(a=1, b=2, c=3)
cache.move_to_end("a")
hits = 0
hits += 1
oldest = cache.popitem(last=False)
print(oldest, hits)
