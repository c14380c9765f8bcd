# target: m
import numpy as np

m = np.arange(9).reshape(3, 3)
sums = []
for row in m:
    row *= 2
    sums.append(row.sum())
print(sums)
