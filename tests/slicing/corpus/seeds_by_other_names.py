# target: third, second
import random

import numpy as np

np.random.seed(0)
np.random.mtrand.rand(3)
third = np.random.rand()
random.seed(1)
hidden = random._inst
hidden.random()
second = random.random()
