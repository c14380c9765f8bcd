# target: first_coef
import numpy as np
from sklearn.linear_model import LinearRegression

X = np.array([[1.0], [2.0], [3.0]])
model = LinearRegression()
models = {"a": model, "b": model}
models["a"].fit(X, [1, 2, 3])
fitted = models["b"].fit(X, [10, 20, 30])
first_coef = models["a"].coef_
score = fitted.score(X, [1, 2, 3])
print(score)
