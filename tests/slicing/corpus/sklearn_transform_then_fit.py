# target: model
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(0)
X = rng.normal(size=(40, 2))
y = (X[:, 0] + X[:, 1] > 0).astype(int)
noise = rng.normal(size=3)
scaler = StandardScaler()
X_scaled = scaler.fit_transform(X)
model = LogisticRegression(C=2.0)
model.fit(X_scaled, y)
accuracy = model.score(scaler.transform(X), y)
print(accuracy, noise)
