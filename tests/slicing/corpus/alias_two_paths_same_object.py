# target: a
a = {"v": 1}
b = {"peer": a}
c = {"peer": b}
c["peer"]["peer"]["v"] += 1
b["peer"]["w"] = 5
d = list(c)
print(d)
