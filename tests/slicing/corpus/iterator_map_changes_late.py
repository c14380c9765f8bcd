# target: before, after, kept
seen = []
lazy = map(seen.append, [1, 2])
before = len(seen)
list(lazy)
after = len(seen)
kept = []
passing = filter(lambda value: kept.append(value) or value > 1, [1, 2, 3])
joined = ",".join(str(value) for value in passing)
