# target: best_name
import numpy as np
from sklearn.linear_model import Lasso, LinearRegression, Ridge

X = np.array([[1.0, 0.9], [2.0, 2.1], [3.0, 2.9], [4.0, 4.2]])
y = np.array([1.0, 2.0, 3.1, 3.9])
candidates = {"ols": LinearRegression(), "ridge": Ridge(1.0), "lasso": Lasso(0.1)}
scores = {}
coefficients = []
for name, model in candidates.items():
    model.fit(X, y)
    scores[name] = model.score(X, y)
    coefficients.append(model.coef_)
    print(f"{name}: {scores[name]:.3f}")
best_name = max(scores, key=scores.get)
largest = np.max(coefficients)
