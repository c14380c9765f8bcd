# target: a, again, b, best_iter, bst, cols, cvres, df, evals, features, i, imp, model, oof, p, params, preds, results, rmse, same, sub, test, tr, train, va
import os
import gc
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.datasets import make_regression
from sklearn.model_selection import train_test_split, KFold
from sklearn.metrics import mean_squared_error, mean_absolute_error, r2_score
import matplotlib.pyplot as plt
from tqdm import tqdm

os.environ["OMP_NUM_THREADS"] = "1"
X, y = make_regression(200, 6, noise=5, random_state=0)
cols = [f"f{i}" for i in range(X.shape[1])]
df = pd.DataFrame(X, columns=cols)
df["target"] = y
df["cat"] = pd.Categorical(np.where(df["f0"] > 0, "p", "n"))
print(df.memory_usage().sum())
train, test = train_test_split(df, test_size=0.2, random_state=1)
del X, y
gc.collect()
features = [c for c in df.columns if c not in ("target", "cat")]
dtrain = xgb.DMatrix(train[features], label=train["target"])
dtest = xgb.DMatrix(test[features], label=test["target"])
params = dict(objective="reg:squarederror", max_depth=3, eta=0.3, nthread=1)
params["seed"] = 5
params.update({"subsample": 0.9})
evals = {}
bst = xgb.train(params, dtrain, num_boost_round=50, evals=[(dtrain, "train"), (dtest, "test")],
                early_stopping_rounds=5, evals_result=evals, verbose_eval=False)
best_iter = bst.best_iteration
preds = bst.predict(dtest, iteration_range=(0, best_iter + 1))
rmse = np.sqrt(mean_squared_error(test["target"], preds))
print(f"RMSE {rmse:.3f}")
plt.figure()
plt.plot(evals["train"]["rmse"], label="train")
plt.plot(evals["test"]["rmse"], label="test")
plt.legend()
plt.show()
xgb.plot_importance(bst)
imp = pd.Series(bst.get_score(importance_type="gain")).sort_values(ascending=False)
cvres = xgb.cv(params, dtrain, num_boost_round=10, nfold=3, seed=0)

results = []
oof = np.zeros(len(train))
for i, (a, b) in enumerate(tqdm(KFold(3, shuffle=True, random_state=0).split(train), total=3)):
    model = xgb.XGBRegressor(n_estimators=30, max_depth=2, early_stopping_rounds=3, n_jobs=1)
    tr, va = train.iloc[a], train.iloc[b]
    model.fit(tr[features], tr["target"], eval_set=[(va[features], va["target"])], verbose=False)
    p = model.predict(va[features])
    oof[b] = p
    results.append({"fold": i, "mae": mean_absolute_error(va["target"], p), "r2": r2_score(va["target"], p),
                    "best": model.best_iteration})
results = pd.DataFrame(results)
print(results.mean())
sub = pd.DataFrame({"id": test.index, "pred": model.predict(test[features])})
sub.to_csv("submission.csv", index=False)
bst.save_model("m.json")
again = xgb.Booster()
again.load_model("m.json")
same = np.allclose(again.predict(dtest), bst.predict(dtest))
