# target: scores
import numpy as np
from sklearn.datasets import make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, cross_val_score

X, y = make_classification(n_samples=60, n_features=4, random_state=3)
print(X.shape)
folds = KFold(n_splits=3, shuffle=True, random_state=0)
model = LogisticRegression()
scores = cross_val_score(model, X, y, cv=folds)
model.fit(X, y)
print("train", model.score(X, y))
best = scores.max()
