# target: out
import numpy as np
import xgboost as xgb

X = np.arange(12.0).reshape(6, 2)
y = np.array([0, 0, 0, 1, 1, 1])
matrix = xgb.DMatrix(X, label=y)
params = {"objective": "binary:logistic", "max_depth": 2, "nthread": 1}
params["eta"] = 0.5
history = {}
booster = xgb.train(params, matrix, num_boost_round=3, evals=[(matrix, "train")],
                    evals_result=history, verbose_eval=False)
out = booster.predict(matrix)
print(sorted(history))
