# target: total
import numpy as np

m = np.arange(6.0).reshape(2, 3)
total = np.empty(3)
low = np.empty(3)
m.sum(axis=0, out=total)
m.min(0, low)
m.cumsum(out=np.empty(6))
print(low)
