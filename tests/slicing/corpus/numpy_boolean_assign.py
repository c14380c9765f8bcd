# target: x
import numpy as np

x = np.array([1.0, -2.0, 3.0, -4.0])
mask = x < 0
x[mask] = 0
count = int(mask.sum())
print(count, "negative")
