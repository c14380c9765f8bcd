# target: names
use_short = True
names = []
if use_short:
    sep = ","
    names.append("x")
else:
    sep = ";"
    names.append("long x")
line = sep.join(["a", "b"])
names.append("y")
print(line)
