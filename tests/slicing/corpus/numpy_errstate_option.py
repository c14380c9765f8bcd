# target: ratio
import numpy as np

old = np.seterr(divide="ignore")
x = np.array([1.0, 0.0])
ratio = 1 / x
np.set_printoptions(precision=3)
text = str(x)
print(text)
