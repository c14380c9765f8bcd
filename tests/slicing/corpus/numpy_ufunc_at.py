# target: counts
import numpy as np

counts = np.zeros(4, dtype=int)
indexes = [0, 1, 1, 3]
np.add.at(counts, indexes, 1)
uniques = np.unique(indexes)
print(uniques)
