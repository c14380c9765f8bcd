# target: results
import numpy as np
from sklearn.datasets import make_regression
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import KFold

X, y = make_regression(n_samples=30, n_features=2, noise=1.0, random_state=0)
results = []
times = []
for fold, (train, test) in enumerate(KFold(3).split(X)):
    model = LinearRegression()
    model.fit(X[train], y[train])
    error = mean_squared_error(y[test], model.predict(X[test]))
    results.append({"fold": fold, "error": round(error, 6)})
    times.append(fold * 0.1)
    print(f"fold {fold}: {error:.3f}")
print(sum(times))
