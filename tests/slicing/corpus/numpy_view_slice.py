# target: data
import numpy as np

data = np.arange(10)
window = data[2:5]
copy = data[5:].copy()
window *= 100
copy += 1
print("copy mean", copy.mean())
