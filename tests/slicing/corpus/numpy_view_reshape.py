# target: flat
import numpy as np

flat = np.zeros(6)
matrix = flat.reshape(2, 3)
matrix[1, 1] = 7.5
mean = flat.mean()
print(f"{mean=}")
