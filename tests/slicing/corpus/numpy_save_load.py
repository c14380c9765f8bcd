# target: loaded
import numpy as np

x = np.eye(2)
np.save("x.npy", x)
x *= 5
np.savez("pair.npz", a=x, b=x + 1)
loaded = np.load("x.npy")
print(x)
