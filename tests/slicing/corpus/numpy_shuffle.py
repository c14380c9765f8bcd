# target: order
import numpy as np

rng = np.random.default_rng(7)
order = np.arange(8)
weights = np.ones(8)
weights /= weights.sum()
rng.shuffle(order)
print(weights)
