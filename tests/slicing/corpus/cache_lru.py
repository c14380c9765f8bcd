# target: calls, answer
from functools import lru_cache

calls = []


@lru_cache(maxsize=None)
def slow(n):
    calls.append(n)
    return n * n


answer = slow(3) + slow(3) + slow(4)
elapsed = 0.0
elapsed += 1.5
print(answer, elapsed)
