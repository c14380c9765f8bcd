# target: S, X, X_enc, blend, enc, kept, rs, sel, st, stack_pred, y
import numpy as np, pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, RegressorMixin, clone
from sklearn.linear_model import Ridge, Lasso
from sklearn.tree import DecisionTreeRegressor
from sklearn.model_selection import KFold, cross_val_predict
class ColumnSelector(BaseEstimator, TransformerMixin):
    history = []
    def __init__(self, cols): self.cols = cols
    def fit(self, X, y=None):
        self.history.append(len(self.cols))
        return self
    def transform(self, X): return X[self.cols]
class FreqEncoder(BaseEstimator, TransformerMixin):
    def __init__(self): self.maps_ = {}
    def fit(self, X, y=None):
        for c in X.select_dtypes("object").columns.union(X.select_dtypes("string").columns):
            self.maps_[c] = X[c].value_counts(normalize=True)
        return self
    def transform(self, X):
        X = X.copy()
        for c, m in self.maps_.items():
            X[c] = X[c].map(m).fillna(0).astype(float)
        return X
class Stacker(BaseEstimator, RegressorMixin):
    def __init__(self, bases, meta, n=3):
        self.bases, self.meta, self.n = bases, meta, n
    def fit(self, X, y):
        self.fitted_ = [list() for _ in self.bases]
        oof = np.zeros((len(X), len(self.bases)))
        for i, b in enumerate(self.bases):
            for tr, va in KFold(self.n, shuffle=True, random_state=0).split(X):
                m = clone(b)
                self.fitted_[i].append(m)
                m.fit(X[tr], y[tr])
                oof[va, i] = m.predict(X[va])
        self.meta_ = clone(self.meta).fit(oof, y)
        return self
    def predict(self, X):
        feats = np.column_stack([np.column_stack([m.predict(X) for m in ms]).mean(axis=1) for ms in self.fitted_])
        return self.meta_.predict(feats)
rs = np.random.RandomState(2)
X = pd.DataFrame({"a": rs.randn(40), "b": rs.randn(40), "c": rs.choice(["p", "q"], 40)})
y = (X["a"] * 2 + (X["c"] == "p")).values
enc = FreqEncoder()
X_enc = enc.fit_transform(X)
sel = ColumnSelector(["a", "c"])
S = sel.fit_transform(X_enc)
kept = list(ColumnSelector.history)
st = Stacker([Ridge(), DecisionTreeRegressor(max_depth=2, random_state=0)], Lasso(alpha=.01))
st.fit(S.values, y)
stack_pred = st.predict(S.values)
print(np.abs(stack_pred - y).mean())
blend = np.average([cross_val_predict(m, S, y, cv=3) for m in (Ridge(), Lasso())], axis=0, weights=[.7, .3])
