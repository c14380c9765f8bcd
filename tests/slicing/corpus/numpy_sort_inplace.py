# target: values
import numpy as np

values = np.array([3, 1, 2])
ordered = np.sort(values)
values.sort()
values.resize(5, refcheck=False)
best = ordered[-1]
print(best)
