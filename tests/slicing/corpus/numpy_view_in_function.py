# target: signal
import numpy as np


def normalize(part):
    part -= part.mean()
    return part.std()


signal = np.array([1.0, 2.0, 3.0, 10.0, 20.0, 30.0])
spread = normalize(signal[:3])
other = normalize(signal[3:].copy())
print(spread, other)
