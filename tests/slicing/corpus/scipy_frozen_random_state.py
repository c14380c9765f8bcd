# target: draw
import numpy as np
from scipy import stats

np.random.seed(11)
first = stats.norm.rvs(size=2)
poisson = stats.poisson(3)
draw = poisson.rvs(size=4)
later = stats.norm.rvs()
print(first, later)
