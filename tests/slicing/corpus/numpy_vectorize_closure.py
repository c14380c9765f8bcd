# target: seen
import numpy as np

seen = []


def f(v):
    seen.append(float(v))
    return v * 2


g = np.vectorize(f, otypes=[float])
out = g(np.array([1.0, 2.0]))
print(out.sum())
