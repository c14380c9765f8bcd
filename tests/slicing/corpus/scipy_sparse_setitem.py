# target: m
import numpy as np
from scipy import sparse

m = sparse.lil_matrix((3, 3))
m[0, 1] = 5
m[2, 2] = 1
dense = m.toarray()
dense[0, 0] = 99
m = m.tocsr()
m.data *= 2
print(np.trace(dense))
