# target: running
from itertools import accumulate, pairwise, product

values = [3, 1, 4]
seen = []


def best(a, b):
    seen.append(b)
    return max(a, b)


running = list(accumulate(values, best))
grid = list(product("ab", repeat=2))
steps = list(pairwise(values))
print(grid, steps)
