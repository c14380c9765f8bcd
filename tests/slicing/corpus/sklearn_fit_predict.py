# target: prediction
import numpy as np
from sklearn.linear_model import LinearRegression

X = np.arange(6.0).reshape(-1, 1)
y = 2 * X.ravel() + 1
model = LinearRegression()
model.fit(X, y)
score = model.score(X, y)
print("R2", score)
prediction = model.predict([[10.0]])
