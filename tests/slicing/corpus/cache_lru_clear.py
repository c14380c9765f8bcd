# target: result
from functools import lru_cache

table = {"x": 1}
reads = []


@lru_cache
def lookup(key):
    return table[key]


early = lookup("x")
table["x"] = 50
lookup.cache_clear()
reads.append(early)
result = lookup("x")
print(reads)
