# target: y
import numpy as np

np.random.seed(3)
x = np.random.rand(4)
noise = np.random.rand(2)
y = np.random.rand(3)
print(x.sum(), noise)
