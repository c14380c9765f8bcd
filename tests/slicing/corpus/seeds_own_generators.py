# target: first, second, third, fourth
import random

import numpy as np

random.seed(1)
np.random.seed(2)
own = random.Random(3)
generator = np.random.default_rng(4)
old = np.random.RandomState(5)
first = random.random(), own.random()
second = np.random.rand(2), generator.random(2), old.rand(2)
third = generator.permutation(5)
own.shuffle(rows := [1, 2, 3, 4])
fourth = rows, own.random()
