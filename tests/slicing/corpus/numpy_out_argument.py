# target: result
import numpy as np

x = np.linspace(0, 1, 5)
result = np.empty_like(x)
np.multiply(x, 3, out=result)
scratch = np.empty_like(x)
np.sqrt(x, out=scratch)
print(scratch.sum())
