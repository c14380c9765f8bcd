# target: m
import numpy as np

m = np.zeros((3, 3))
flat = m.flat
flat[4] = 5
m.T[0, 2] = 7
d = np.diagonal(m).copy()
d[0] = 100
for cell in np.nditer(m, op_flags=["readwrite"]):
    cell[...] = cell * 2
print(d)
