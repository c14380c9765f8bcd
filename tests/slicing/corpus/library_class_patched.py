# target: tagged, columns, logged, fits, folds, indexed, located, still
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_val_score


def tag(self, k):
    self["k"] = k
    return self


pd.DataFrame.tag = tag
frame = pd.DataFrame({"a": [1.0], "b": [2.0]})
frame.tag(4)
tagged = frame["k"].tolist()


def add_ratio(self):
    self["r"] = self["a"] / self["b"]


pd.DataFrame.add_ratio = add_ratio
frame.add_ratio()
columns = list(frame)

log = []
setattr(pd.Series, "double", lambda self: log.append(1) or self * 2)
pd.Series([1]).double()
logged = len(log)

seen = []
original = Ridge.fit


def fit(self, X, y, **rest):
    seen.append(len(X))
    return original(self, X, y, **rest)


Ridge.fit = fit
Ridge().fit([[1.0], [2.0]], [1.0, 2.0])
fits = len(seen)
X = np.arange(8.0).reshape(4, 2)
cross_val_score(Ridge(), X, X[:, 0], cv=2)
folds = len(seen)

frame[lambda d: log.append("index") or ["a"]]
indexed = len(log)
frame.loc[lambda d: log.append("loc") or d["a"] > 1]
located = len(log)
still = frame.loc[lambda d: d["a"] > 0, "b"].sum()
