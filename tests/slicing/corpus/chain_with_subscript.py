# target: d
d = {}
x = d["a"] = d["b"] = []
x.append(1)
y = z = 5
z += 1
d["b"].append(2)
print(y, z)
