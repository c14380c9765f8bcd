# target: results
callbacks = {}
for name in ["a", "b", "c"]:
    callbacks[name] = lambda n=name: n * 2
extra = lambda: name
results = [callbacks[k]() for k in sorted(callbacks)]
print(extra())
