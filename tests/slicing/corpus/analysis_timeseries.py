# target: X, anomalies, cv_scores, decomposed, feats, history, hw, hw_fc, idx, k, m, p, preds, resampled, row, step, te, tr, ts, y, yhat, z
import numpy as np, pandas as pd
import matplotlib.pyplot as plt
from sklearn.model_selection import TimeSeriesSplit
from sklearn.ensemble import GradientBoostingRegressor
from sklearn.metrics import mean_absolute_error
from statsmodels.tsa.seasonal import seasonal_decompose
from statsmodels.tsa.holtwinters import ExponentialSmoothing
pd.options.mode.chained_assignment = None
pd.options.display.float_format = "{:,.2f}".format
np.random.seed(0)
idx = pd.date_range("2022-01-01", periods=150, freq="D")
ts = pd.Series(np.random.randn(150).cumsum() + 10 * np.sin(np.arange(150) / 7 * 2 * np.pi), index=idx, name="y")
ts.iloc[[10, 20]] = np.nan
ts = ts.interpolate()
ts.plot(figsize=(8, 3)); plt.title("series"); plt.close()
resampled = ts.resample("W").agg(["mean", "std"])
decomposed = seasonal_decompose(ts, period=7).seasonal.head(7).round(3)
hw = ExponentialSmoothing(ts[:140], seasonal="add", seasonal_periods=7).fit()
hw_fc = hw.forecast(10)
def make_features(s, lags=(1, 7), windows=(3,)):
    d = s.to_frame("y")
    for l in lags:
        d[f"lag_{l}"] = d["y"].shift(l)
    for w in windows:
        d[f"roll_{w}"] = d["y"].shift(1).rolling(w).mean()
    d["dow"] = d.index.dayofweek
    return d.dropna()
feats = make_features(ts)
X, y = feats.drop(columns="y"), feats["y"]
cv_scores = []
for k, (tr, te) in enumerate(TimeSeriesSplit(n_splits=3).split(X)):
    m = GradientBoostingRegressor(n_estimators=10, random_state=k)
    m.fit(X.iloc[tr], y.iloc[tr])
    p = m.predict(X.iloc[te])
    cv_scores.append(mean_absolute_error(y.iloc[te], p))
    plt.plot(y.iloc[te].index, p)
print("MAE", np.mean(cv_scores))
history = list(ts.values[-7:])
preds = []
for step in range(3):
    row = pd.DataFrame([{"lag_1": history[-1], "lag_7": history[-7], "roll_3": np.mean(history[-3:]), "dow": (idx[-1] + pd.Timedelta(days=step + 1)).dayofweek}])
    yhat = float(m.predict(row[X.columns])[0])
    preds.append(yhat)
    history.append(yhat)
z = (ts - ts.rolling(14).mean()) / ts.rolling(14).std()
anomalies = ts[z.abs() > 2]
