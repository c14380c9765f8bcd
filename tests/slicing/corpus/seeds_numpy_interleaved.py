# target: b
import numpy as np

np.random.seed(42)
a = np.random.normal(size=3)
print("mean of a:", a.mean())
b = np.random.normal(size=2)
c = np.random.normal(size=2)
print(c)
