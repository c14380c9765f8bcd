# target: exists
cache = {"a": 1}
limit = 0
if len(cache) > limit:
    removed = cache["a"]
    del cache["a"]
exists = "a" in cache
print(removed)
