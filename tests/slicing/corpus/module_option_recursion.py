# target: depth
import sys

limit = sys.getrecursionlimit()
sys.setrecursionlimit(5000)


def dig(n):
    return 0 if n == 0 else 1 + dig(n - 1)


depth = dig(2000)
print(limit)
