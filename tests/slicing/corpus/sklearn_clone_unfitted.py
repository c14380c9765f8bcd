# target: second
import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

X = np.arange(4.0).reshape(-1, 1)
first = LinearRegression()
first.fit(X, X.ravel())
second = clone(first)
slope = first.coef_[0]
second.fit(X, 3 * X.ravel())
print(slope)
