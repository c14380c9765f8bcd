# target: flags
import numpy as np

values = np.array([-np.inf, 0.0, np.inf])
flags = np.array([2, 2, 2])
spare = np.array([5, 5, 5])
np.isposinf(values, flags)
np.isneginf(values, spare)
print(spare)
