# target: names, history
import numpy as np
import xgboost as xgb

X, y = np.arange(8.0).reshape(4, 2), np.array([0.0, 1, 0, 1])
model = xgb.XGBRegressor(n_estimators=2, n_jobs=1)
model.fit(X, y)
booster = model.get_booster()
booster.feature_names = ["u", "v"]
names = model.get_booster().feature_names
stopping = xgb.callback.EarlyStopping(rounds=5)
watched = xgb.XGBRegressor(n_estimators=3, n_jobs=1, callbacks=[stopping])
watched.fit(X, y, eval_set=[(X, y)], verbose=False)
history = sorted(stopping.stopping_history)
