# target: evens
evens = []
odds = []
steps = 0
for n in range(10):
    steps += 1
    if n % 2:
        odds.append(n)
    else:
        evens.append(n)
    print("step", steps)
print(odds)
