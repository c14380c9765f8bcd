# target: predictions
import numpy as np
import xgboost as xgb

rng = np.random.default_rng(1)
X = rng.normal(size=(30, 2))
y = X[:, 0] * 2 + rng.normal(scale=0.1, size=30)
model = xgb.XGBRegressor(n_estimators=3, max_depth=2, n_jobs=1)
model.fit(X, y)
score = model.score(X, y)
print("score", score)
predictions = model.predict(X[:4])
