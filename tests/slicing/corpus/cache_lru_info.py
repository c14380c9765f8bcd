# target: result
from functools import lru_cache

table = {"x": 1}


@lru_cache
def lookup(key):
    return table[key]


early = lookup("x")
table["x"] = 50
result = lookup("x")
print(early)
