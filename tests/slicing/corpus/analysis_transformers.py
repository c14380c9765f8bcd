# target: X, Xt, auc, base, ct, ct2, fold, fold_models, m, n, oof, pipe, report, rng, scores, search_best, tr, va, y
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, ClassifierMixin, clone
from sklearn.compose import make_column_transformer, make_column_selector
from sklearn.pipeline import make_pipeline, FeatureUnion, Pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler, OneHotEncoder
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold, StratifiedKFold, GridSearchCV, cross_validate
from sklearn.metrics import make_scorer, roc_auc_score, classification_report, mean_squared_error

class OutlierClipper(BaseEstimator, TransformerMixin):
    def __init__(self, lower=0.05, upper=0.95):
        self.lower = lower
        self.upper = upper

    def fit(self, X, y=None):
        X = pd.DataFrame(X)
        self.lo_ = X.quantile(self.lower)
        self.hi_ = X.quantile(self.upper)
        return self

    def transform(self, X):
        X = pd.DataFrame(X).copy()
        for col in X.columns:
            X[col] = X[col].clip(self.lo_[col], self.hi_[col])
        return X

    def get_feature_names_out(self, names=None):
        return np.asarray(names)

class TargetMeanEncoder(BaseEstimator, TransformerMixin):
    def __init__(self, column, smoothing=1.0):
        self.column = column
        self.smoothing = smoothing

    def fit(self, X, y):
        tmp = pd.DataFrame({"c": X[self.column].values, "y": np.asarray(y)})
        agg = tmp.groupby("c")["y"].agg(["mean", "count"])
        prior = tmp["y"].mean()
        self.prior_ = prior
        self.map_ = ((agg["mean"] * agg["count"] + prior * self.smoothing) / (agg["count"] + self.smoothing)).to_dict()
        return self

    def transform(self, X):
        X = X.copy()
        X[self.column] = X[self.column].map(self.map_).fillna(self.prior_)
        return X

class Majority(BaseEstimator, ClassifierMixin):
    def fit(self, X, y):
        values, counts = np.unique(y, return_counts=True)
        self.classes_ = values
        self.majority_ = values[counts.argmax()]
        return self

    def predict(self, X):
        return np.full(len(X), self.majority_)

rng = np.random.RandomState(0)
n = 150
X = pd.DataFrame({"a": rng.randn(n), "b": rng.exponential(size=n), "city": rng.choice(list("xyz"), n)})
y = pd.Series((X["a"] + (X["city"] == "x") + 0.3 * rng.randn(n) > 0.5).astype(int), name="target")
print(y.value_counts(normalize=True))

base = Majority().fit(X, y)
print("baseline", (base.predict(X) == y).mean())

pipe = Pipeline([
    ("te", TargetMeanEncoder("city")),
    ("clip", OutlierClipper()),
    ("sc", StandardScaler()),
    ("clf", LogisticRegression()),
])
auc = make_scorer(roc_auc_score, response_method="decision_function")
scores = cross_validate(pipe, X, y, cv=StratifiedKFold(3, shuffle=True, random_state=1), scoring={"auc": auc, "acc": "accuracy"})
scores.pop("fit_time"); scores.pop("score_time")
search = GridSearchCV(pipe, {"te__smoothing": [0.1, 1, 10], "clf__C": [0.1, 1]}, cv=3, scoring=auc)
search.fit(X, y)
search_best = search.best_params_
print(search.best_score_, search_best)
pipe.set_params(**search_best)

oof = np.zeros(n)
fold_models = []
for fold, (tr, va) in enumerate(KFold(4, shuffle=True, random_state=2).split(X)):
    m = clone(pipe)
    m.fit(X.iloc[tr], y.iloc[tr])
    oof[va] = m.predict_proba(X.iloc[va])[:, 1]
    fold_models.append(m)
    print(fold, roc_auc_score(y.iloc[va], oof[va]))
report = classification_report(y, oof > 0.5, output_dict=True)
ct = make_column_transformer(
    (OneHotEncoder(sparse_output=False), make_column_selector(dtype_include="object")),
    (make_pipeline(OutlierClipper(0.1, 0.9), FunctionTransformer(np.log1p)), ["b"]),
    remainder="drop",
)
ct2 = make_column_transformer((StandardScaler(), ["a"]), (OneHotEncoder(sparse_output=False), ["city"]))
Xt = ct2.fit_transform(X)
