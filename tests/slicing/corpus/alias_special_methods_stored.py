# target: a, b, c
import numpy as np

a = np.zeros(3)
put = a.__setitem__
put(0, 5)
b = np.ones(2)
b.__iadd__(4)
for operator in [b.__imul__]:
    operator(2)
c = np.zeros(2)
list(map(c.__setitem__, [0, 1], [5, 6]))
