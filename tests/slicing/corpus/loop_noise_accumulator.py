# target: best
scores = {"a": 3, "b": 9, "c": 4}
best = None
seen = []
total = 0
for name, score in scores.items():
    seen.append(name)
    total += score
    if best is None or score > scores[best]:
        best = name
    print(name, score, total)
average = total / len(seen)
print(average)
