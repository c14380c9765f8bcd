# target: pipeline
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

X = np.array([[1.0, 10.0], [2.0, 21.0], [3.0, 29.0], [4.0, 42.0]])
y = np.array([1.0, 2.0, 3.0, 4.0])
baseline = Ridge(alpha=10)
baseline.fit(X, y)
print("baseline", baseline.score(X, y))
pipeline = make_pipeline(StandardScaler(), Ridge(alpha=0.5))
pipeline.fit(X, y)
predictions = pipeline.predict(X)
print(np.abs(predictions - y).mean())
