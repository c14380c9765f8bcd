# target: base
import numpy as np

base = np.array([1, 2, 3])
alias = np.asarray(base)
fresh = np.array(base)
alias[0] = 100
fresh[1] = 200
print(fresh)
