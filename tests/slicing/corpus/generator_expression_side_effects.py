# target: seen
seen = set()
numbers = [3, 1, 3, 2, 1]
unique = [n for n in numbers if not (n in seen or seen.add(n))]
checks = all(seen.add(-n) is None for n in unique if n < 3)
total = sum(unique)
print(checks, total)
