# target: prediction
import numpy as np
from sklearn.neighbors import KNeighborsRegressor

X = np.arange(8.0).reshape(-1, 1)
y = X.ravel() ** 2
model = KNeighborsRegressor(n_neighbors=1)
model.fit(X, y)
first = model.predict([[2.6]])
model.set_params(n_neighbors=3)
prediction = model.predict([[2.6]])
params = model.get_params()
print(first, len(params))
