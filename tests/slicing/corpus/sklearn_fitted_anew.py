# target: second, third, scores, cloned, warm, partial, piped, shared, parts, codes, prefit, frozen, in_loop, searched, generator, boosted, early, unclear, chosen, own, sums, tuned, params, changed, whole, refined, predicted
import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin, clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_selection import SelectFromModel
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LinearRegression, LogisticRegression, SGDClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, LabelEncoder, StandardScaler

X = np.arange(24.0).reshape(12, 2) % 7
y = np.array([0, 1, 1, 0, 1, 0, 0, 1, 1, 0, 1, 0])
model = LogisticRegression()
model.fit(X[:6], y[:6])
first = model.score(X, y)
model.fit(X, y)
second = model
scores = cross_val_score(model, X, y, cv=2)
copied = clone(model)
copied.fit(X[:8], y[:8])
cloned = copied
again = clone(copied).set_params(C=0.5)
third = again.fit(X[2:], y[2:])

warm = RandomForestClassifier(n_estimators=2, warm_start=True, random_state=0)
warm.fit(X, y)
warm.set_params(n_estimators=4)
warm.fit(X[:8], y[:8])

partial = SGDClassifier(random_state=0)
partial.fit(X, y)
partial.partial_fit(X[:4], y[:4])

pipe = Pipeline([("scale", StandardScaler()), ("fit", LogisticRegression())])
pipe.fit(X[:6], y[:6])
pipe.fit(X, y)
piped = pipe.predict_proba(X)

scaler = StandardScaler()
one = make_pipeline(scaler, LogisticRegression())
one.fit(X[:5], y[:5])
other = make_pipeline(scaler, LogisticRegression(C=3))
other.fit(X, y)
shared = one.predict_proba(X)

encoder = LabelEncoder()
frame = pd.DataFrame({"a": list("xyxz"), "b": list("ppqq")})
frame["a"] = encoder.fit_transform(frame["a"])
parts = encoder.classes_
frame["b"] = encoder.fit_transform(frame["b"])
codes = frame["b"]

chooser = LogisticRegression(C=2)
chooser.fit(X, y)
chooser.fit(X[:9], y[:9])
select = make_pipeline(SelectFromModel(chooser, prefit=True), LogisticRegression())
select.fit(X, y)
prefit = select.predict_proba(X)
stays = FrozenEstimator(chooser)
frozen = cross_val_score(stays, X, y, cv=2)

looped = LinearRegression()
for end in (5, 8):
    looped.fit(X[:end], y[:end])
in_loop = looped.coef_

search = GridSearchCV(model, {"C": [0.1, 1]}, cv=2)
search.fit(X[:8], y[:8])
search.fit(X, y)
searched = search.best_score_
chosen = search.best_estimator_

rng = np.random.RandomState(3)
drawn = RandomForestClassifier(n_estimators=2, random_state=rng)
drawn.fit(X, y)
drawn.fit(X, y)
generator = drawn.predict_proba(X)

seen = []
count = FunctionTransformer(lambda values: seen.append(len(values)) or values)
counting = make_pipeline(count, LogisticRegression())
counting.fit(X, y)
counting.fit(X[:7], y[:7])
early = list(seen)
copied_count = clone(count)
copied_count.fit_transform(X[:3])
boosted = list(seen)

maybe = LogisticRegression(**{"warm_start": True, "max_iter": 5})
maybe.fit(X, y)
maybe.fit(X, y)
unclear = maybe.coef_


class Sum(TransformerMixin, BaseEstimator):
    total = 0

    def fit(self, X, y=None):
        self.total = self.total + X.sum()
        return self

    def transform(self, X):
        return X + self.total


adding = make_pipeline(Sum(), LinearRegression())
adding.fit(X, y)
adding.fit(X[:4], y[:4])
own = adding.predict(X)
summed = Sum()
summed.fit(X)
summed.fit(X)
sums = clone(summed).fit(X).total
base = LogisticRegression(max_iter=50)
base.fit(X[:6], y[:6])
grid = GridSearchCV(base, {"C": [0.1, 1]}, cv=2)
grid.fit(X, y)
predicted = grid.predict_proba(X)
tuned = grid.best_estimator_
grid.best_params_["seen"] = True
params = grid.best_params_
base.fit(X[:7], y[:7])
changed = grid.estimator
tuned.set_params(C=7)
refined = grid.best_estimator_.get_params()
whole = pd.DataFrame(grid.cv_results_).filter(like="rank")
