# target: weights
import numpy as np


def init(n, scale=1.0):
    return np.random.normal(0, scale, n)


np.random.seed(21)
biases = init(2)
shapes = [2, 3]
weights = [init(n, 0.1) for n in shapes]
print(biases)
