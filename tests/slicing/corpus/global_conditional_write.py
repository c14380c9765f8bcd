# target: best, best_name
best = None
best_name = ""
tried = 0


def consider(name, score):
    global best, best_name, tried
    tried += 1
    if best is None or score > best:
        best = score
        best_name = name


for name, score in [("a", 3), ("b", 7), ("c", 5)]:
    consider(name, score)
print(tried)
