# target: a
import numpy as np

a = np.arange(6)
np.put(a, [0, 1], [10, 20])
np.place(a, a == 3, [33])
np.copyto(a[4:], 7)
b = np.clip(a, 0, 15)
print(b)
