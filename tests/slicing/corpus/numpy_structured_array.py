# target: rec
import numpy as np

rec = np.zeros(3, dtype=[("name", "U5"), ("n", "i4")])
names = rec["name"]
names[:] = ["a", "b", "c"]
rec["n"][1] = 7
total = rec["n"].sum()
print(total)
