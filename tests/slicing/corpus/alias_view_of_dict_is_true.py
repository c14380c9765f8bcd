# target: state
seen = {}
keys = seen.keys()
pairs = seen.items()
before = len(pairs)
seen["first"] = 1
state = "some" if keys else "none"
print(before, state)
