# target: text
import numpy as np

np.set_printoptions(precision=2, suppress=True)
x = np.array([1.23456, 2.0])
y = x * 2
text = str(x)
print(y)
