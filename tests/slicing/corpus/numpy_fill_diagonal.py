# target: eye
import numpy as np

eye = np.zeros((3, 3))
np.fill_diagonal(eye, 2)
other = np.ones(3)
other[0] = 5
print(eye.trace(), other)
