# target: found, margins, drawn, boosted, stopped
import numpy as np
from xgboost import XGBClassifier
from xgboost.callback import EarlyStopping

X = np.arange(40.0).reshape(20, 2) % 7
y = np.arange(20) % 2
model = XGBClassifier(n_estimators=2, max_depth=2)
model.fit(X, y, eval_set=[(X, y)], verbose=False)
model.fit(X[:10], y[:10])
found = model.evals_result()
plain = XGBClassifier(n_estimators=2, max_depth=2)
plain.fit(X[:5], y[:5])
plain.fit(X, y)
margins = plain.predict_proba(X)
rng = np.random.RandomState(0)
random = XGBClassifier(n_estimators=2, subsample=0.5, random_state=rng)
random.fit(X, y)
random.fit(X, y)
drawn = random.predict_proba(X)
boosted = rng.rand()
stop = EarlyStopping(rounds=2)
stopping = XGBClassifier(n_estimators=20, callbacks=[stop])
stopping.fit(X, y, eval_set=[(X, 1 - y)], verbose=False)
more = XGBClassifier(n_estimators=20, callbacks=[stop])
more.fit(X, y, eval_set=[(X, y)], verbose=False)
stopped = more.best_iteration
