# target: x
import numpy as np

x = np.arange(6)
left, right = np.split(x, 2)
parts = [p + 1 for p in np.array_split(x, 3)]
right[:] = 0
left = left + 100
print(parts, left)
