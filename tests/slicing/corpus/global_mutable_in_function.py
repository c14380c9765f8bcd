# target: cache
cache = {}
hits = 0


def load(key):
    if key not in cache:
        cache[key] = key.upper()
    return cache[key]


a = load("a")
b = load("b")
print(a, b)
hits += 1
