# target: z
import numpy as np

x = np.array([1.0, 2.0, 3.0])
z = np.zeros(3)
w = np.zeros(3)
np.add(x, 10, z)
np.sqrt(x, w)
print(w)
