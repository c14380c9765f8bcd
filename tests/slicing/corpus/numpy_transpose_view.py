# target: m
import numpy as np

m = np.arange(6).reshape(2, 3)
t = m.T
t[0] = -1
s = m.sum()
print(s)
total = float(s) + 1
