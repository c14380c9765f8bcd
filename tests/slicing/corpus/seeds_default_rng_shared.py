# target: test
import numpy as np

rng = np.random.default_rng(2024)
train = rng.normal(size=5)
noise = rng.choice(["a", "b"], size=2)
test = rng.integers(0, 10, size=4)
after = rng.random()
print(train, noise, after)
