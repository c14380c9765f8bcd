# target: table
import numpy as np

table = np.ones((3, 2))
column = table[:, 1]
column[:] = [4, 5, 6]
picked = table[[0, 1]]
picked[:] = -1
print(picked)
