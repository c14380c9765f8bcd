# target: later, shared, legacy, after, child, count, again, drawn, stepped
import numpy as np
from sklearn.utils import check_random_state


def noise(n, rng=None):
    rng = np.random.default_rng(rng)
    return rng.normal(size=n)


class Simulation:
    def __init__(self, rng=None):
        self.rng = np.random.default_rng(rng)

    def step(self):
        return self.rng.normal()


rng = np.random.default_rng(0)
first = noise(3, rng)
later = rng.random()
bits = np.random.PCG64(3)
one, other = np.random.Generator(bits), np.random.Generator(bits)
one.random()
shared = other.random()
old = np.random.RandomState(rng.bit_generator)
legacy = old.rand()
after = rng.random()
seeds = np.random.SeedSequence(5)
unused = seeds.spawn(2)
child = np.random.default_rng(seeds.spawn(1)[0]).random()
count = seeds.n_children_spawned
np.random.seed(1)
checked = check_random_state(None)
again = checked.rand()
np.random.Generator(np.random.get_bit_generator()).random()
drawn = np.random.rand()
Simulation(rng).step()
stepped = Simulation(rng).step()
