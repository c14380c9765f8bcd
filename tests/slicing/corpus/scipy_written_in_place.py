# target: drawn, keys, rows, sums
import numpy as np
from scipy import sparse, stats
from scipy.linalg import blas

stats.norm.random_state = np.random.RandomState(5)
unused = stats.norm.rvs()
drawn = stats.norm.rvs()
table = sparse.dok_matrix((2, 2))
table.setdefault((1, 1), 5)
keys = table.toarray()
lists = sparse.lil_matrix((2, 2))
lists.rows[1].append(0)
lists.data[1].append(7)
rows = lists.toarray()
sums = np.zeros(2)
blas.daxpy(np.ones(2), sums, a=3.0)
