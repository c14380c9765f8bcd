# target: first, seen, score, means, second
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin


class Centred(BaseEstimator, TransformerMixin):
    seen = []

    def __init__(self):
        self.means = {}

    def fit(self, X, y=None):
        for column in X.columns:
            self.means[column] = X[column].mean()
        self.seen.append(len(X))
        return self

    def transform(self, X):
        for column, mean in self.means.items():
            X[column] = X[column] - mean
        return X


class Mean(BaseEstimator, RegressorMixin):
    def __init__(self):
        self.asked = 0

    def fit(self, X, y):
        self.mean_ = float(np.mean(y))
        return self

    def predict(self, X):
        self.asked += 1
        return np.full(len(X), self.mean_ + self.asked)


frame = pd.DataFrame({"a": [1.0, 2.0, 6.0], "b": [3.0, 5.0, 4.0]})
centred = Centred()
centred.fit_transform(frame)
first = frame.copy()
means = dict(centred.means)
second = centred.fit_transform(frame + 1)
seen = list(Centred.seen)

model = Mean().fit(frame, frame["a"])
before = model.score(frame, frame["a"])
score = model.score(frame, frame["a"])
