# target: second
import numpy as np

np.random.seed(0)
first = np.random.rand(3)
np.random.seed(1)
second = np.random.rand(3)
third = np.random.rand(3)
print(first, third)
