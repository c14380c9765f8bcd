# target: prev
prev, cur = [0], [1]
steps = 0
for n in range(3):
    prev, cur = cur, prev + cur
    cur.append(n)
    steps += 1
print(steps)
