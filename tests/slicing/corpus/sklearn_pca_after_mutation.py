# target: components
import numpy as np
from sklearn.decomposition import PCA

rng = np.random.default_rng(5)
X = rng.normal(size=(20, 3))
X -= X.mean(axis=0)
spread = X.std(axis=0)
X[:, 0] *= 10
pca = PCA(n_components=2, svd_solver="full")
scores = pca.fit_transform(X)
components = np.abs(pca.components_).round(8)
print(spread, scores.shape)
