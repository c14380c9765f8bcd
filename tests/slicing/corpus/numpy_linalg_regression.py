# target: coefficients
import numpy as np

rng = np.random.RandomState(0)
X = rng.normal(size=(30, 3))
true = np.array([1.0, -2.0, 0.5])
noise = rng.normal(scale=0.1, size=30)
y = X @ true + noise
coefficients, residuals, rank, sv = np.linalg.lstsq(X, y, rcond=None)
print("rank", rank)
error = np.abs(coefficients - true).max()
print(error)
