# target: labels
import numpy as np
from sklearn.cluster import KMeans
from sklearn.utils import shuffle

np.random.seed(0)
X = np.vstack([np.zeros((5, 2)), np.ones((5, 2)) * 9])
mixed = shuffle(X)
warm = np.random.rand()
labels = KMeans(n_clusters=2, n_init=1).fit(mixed).labels_
print(warm)
