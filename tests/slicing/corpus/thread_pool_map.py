# target: squares
from concurrent.futures import ThreadPoolExecutor

started = []


def square(n):
    started.append(n)
    return n * n


with ThreadPoolExecutor(2) as pool:
    squares = list(pool.map(square, range(4)))
print(sorted(started))
