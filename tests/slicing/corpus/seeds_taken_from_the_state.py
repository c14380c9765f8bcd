# target: value, other, third
import random

import numpy as np

np.random.seed(3)
np.random.seed(int(np.random.rand() * 1000))
value = np.random.rand()
random.seed(5)
random.seed(random.random())
other = random.random()
np.random.seed(7)
skipped = np.random.rand(2)
if skipped.sum() > 5:
    np.random.seed(8)
third = np.random.rand()
