# target: sample
import numpy as np


def bootstrap(values, rng):
    return rng.choice(values, size=len(values))


rng = np.random.RandomState(8)
values = np.arange(5)
warm = bootstrap(values, rng)
log = [warm.sum()]
sample = bootstrap(values, rng)
print(log)
