# target: d
d = {"last": None}
total = 0
for d["last"] in ["x", "y"]:
    total += 1
for i, d["pair"] in enumerate("pq"):
    total += i
print(total)
