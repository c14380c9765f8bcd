# target: total, sums
rows = [1, 2, 3]
other = [0]
pair = (5, rows)
sums = {}
for n in rows[:3]:
    total = sum(rows)
    sums[n] = total
    for m in other[:1]:
        other[0] = 10
        last, other = pair
