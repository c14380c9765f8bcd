# target: model
import numpy as np
from sklearn.cluster import KMeans

X = np.array([[0.0, 0], [0, 1], [10, 10], [10, 11]])
model = KMeans(n_clusters=2, n_init=1, random_state=0).fit(X)
labels = model.labels_
sizes = np.bincount(labels)
other = KMeans(n_clusters=1, n_init=1, random_state=0)
print(sizes, other)
