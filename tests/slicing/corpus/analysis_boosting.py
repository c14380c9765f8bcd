# target: booster, predicted, history, best, features, encoded, params
import argparse
import os
import time
from collections import defaultdict
from functools import partial

import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import ParameterGrid, train_test_split

os.environ["OMP_NUM_THREADS"] = "1"
parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int, default=10)
parser.add_argument("--verbose", action="store_true")
args = parser.parse_args([])
start = time.time()
rng = np.random.RandomState(7)
frame = pd.DataFrame(
    {"a": rng.rand(100), "b": rng.rand(100), "c": rng.choice(list("xyz"), 100), "y": rng.rand(100)}
)


class Encoder:
    """Encode categories as numbers."""

    def __init__(self, columns):
        self.columns = columns
        self.maps = {}
        self.seen = 0

    def fit(self, frame):
        for column in self.columns:
            self.maps[column] = {v: i for i, v in enumerate(sorted(frame[column].unique()))}
        self.seen += len(frame)
        return self

    def transform(self, frame):
        frame = frame.copy()
        for column in self.columns:
            frame[column] = frame[column].map(self.maps[column])
        return frame

    def report(self):
        print("encoded", self.columns, self.seen)


encoder = Encoder(["c"]).fit(frame)
encoder.report()
encoded = encoder.transform(frame)
encoded["ab"] = encoded["a"] * encoded["b"]
encoded["log_a"] = np.log1p(encoded["a"])
features = [name for name in encoded.columns if name != "y"]
if args.verbose:
    print(features)
X_train, X_valid, y_train, y_valid = train_test_split(
    encoded[features], encoded["y"], test_size=0.25, random_state=1
)
dtrain = xgb.DMatrix(X_train, label=y_train)
dvalid = xgb.DMatrix(X_valid, label=y_valid)
params = {"max_depth": 3, "eta": 0.1, "nthread": 1, "seed": 0}
params["eta"] = 0.3
params.update(objective="reg:squarederror")
history = {}
booster = xgb.train(
    params,
    dtrain,
    num_boost_round=args.rounds,
    evals=[(dvalid, "valid")],
    evals_result=history,
    verbose_eval=False,
)
print("trained in", time.time() - start)
predicted = booster.predict(dvalid)
print("mse", mean_squared_error(y_valid, predicted))
trials = defaultdict(list)
best = None
evaluate = partial(mean_squared_error, y_valid)
for grid in ParameterGrid({"max_depth": [2, 3], "eta": [0.1, 0.3]}):
    current = xgb.train({**params, **grid}, dtrain, num_boost_round=5)
    error = evaluate(current.predict(dvalid))
    trials["error"].append(error)
    trials["depth"].append(grid["max_depth"])
    if best is None or error < best[0]:
        best = (error, grid)
        print("better", best)
pd.DataFrame(trials).to_csv("trials.csv")
