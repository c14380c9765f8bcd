# target: out
import numpy as np
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

X = np.arange(8.0).reshape(4, 2)
y = np.array([1.0, 3.0, 2.0, 5.0])
pipe = Pipeline([("scale", StandardScaler()), ("ridge", Ridge())])
pipe.fit(X, y)
before = pipe.predict(X[:1])
pipe.named_steps["ridge"].coef_[:] = 0
pipe.set_params(scale__with_mean=False)
out = pipe.predict(X[:2])
print(before)
