# target: frame, log, count, predicted, inner, calls, state, best
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, RegressorMixin, TransformerMixin, clone
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

calls = []
state = {"power": 1}


class InPlace(BaseEstimator, TransformerMixin):
    count = 0

    def __init__(self, log=None, inner=None):
        self.log = log
        self.inner = inner

    def fit(self, X, y=None):
        type(self).count += 1
        if self.log is not None:
            self.log.append(len(X))
        if self.inner is not None:
            self.inner.fit(X)
        self.mean_ = X["a"].mean()
        return self

    def transform(self, X):
        X["a"] = X["a"] - self.mean_
        return X


class Centre(BaseEstimator, TransformerMixin):
    def fit(self, X, y=None):
        self.centre_ = X.mean().to_dict()
        return self

    def transform(self, X):
        calls.append(sorted(self.centre_))
        return X * state["power"]


class Twice(BaseEstimator, RegressorMixin):
    def __init__(self, base, shrink=1.0):
        self.base = base
        self.shrink = shrink

    def fit(self, X, y):
        self.base_ = clone(self.base).fit(X, y)
        self.rest_ = clone(self.base).fit(X, y - self.base_.predict(X) * self.shrink)
        return self

    def predict(self, X):
        state["power"] += 1
        return self.base_.predict(X) + self.rest_.predict(X)


frame = pd.DataFrame({"a": [1.0, 2.0, 6.0, 4.0], "b": [3.0, 5.0, 4.0, 1.0]})
y = np.array([1.0, 2.0, 3.0, 5.0])
log = []
inner = Centre()
model = make_pipeline(InPlace(log, inner), Centre(), LinearRegression())
model.fit(frame, y)
predicted = model.predict(frame)
stacked = make_pipeline(Centre(), Twice(Ridge(), shrink=0.5))
search = GridSearchCV(stacked, {"twice__shrink": [0.1, 0.9], "twice__base": [Ridge(2.0)]}, cv=2)
search.fit(frame, y)
best = search.predict(frame).round(6).tolist()
count = InPlace.count
