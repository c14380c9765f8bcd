# target: changepoints, cutoff, cv_table, dates, df, fc, forecast, future, holidays, k, merged, metrics, part, season, test, train, trend, v
import logging
import numpy as np
import pandas as pd
from prophet import Prophet
import matplotlib.pyplot as plt
logging.getLogger("prophet").setLevel(logging.WARNING)
logging.getLogger("cmdstanpy").disabled = True
np.random.seed(0)
pd.options.display.max_rows = 20
dates = pd.date_range("2020-01-01", periods=200, freq="D")
trend = np.linspace(10, 20, 200)
season = 3 * np.sin(2 * np.pi * np.arange(200) / 7)
df = pd.DataFrame({"ds": dates, "y": trend + season + np.random.normal(0, 0.5, 200)})
df["promo"] = (df["ds"].dt.day == 1).astype(int)
print(df.head())
fig, ax = plt.subplots()
ax.plot(df["ds"], df["y"])
ax.set_title("sales")
plt.close(fig)
train = df.iloc[:170]
test = df.iloc[170:].copy()
holidays = pd.DataFrame({"holiday": "new", "ds": pd.to_datetime(["2020-01-01", "2020-05-01"]), "lower_window": 0, "upper_window": 1})
m = Prophet(weekly_seasonality=True, daily_seasonality=False, yearly_seasonality=False, holidays=holidays)
m.add_regressor("promo")
m.add_seasonality(name="monthly", period=30.5, fourier_order=3)
m.fit(train, seed=1)
future = m.make_future_dataframe(periods=30)
future["promo"] = (future["ds"].dt.day == 1).astype(int)
future["cap"] = 100
forecast = m.predict(future)[["ds", "yhat", "trend"]]
m.plot(m.predict(future))
m.plot_components(m.predict(future))
plt.close("all")
merged = test.merge(forecast, on="ds", how="left")
merged["err"] = merged["y"] - merged["yhat"]
merged["ape"] = (merged["err"].abs() / merged["y"]) * 100
metrics = {"mae": merged["err"].abs().mean(), "mape": merged["ape"].mean(), "rmse": np.sqrt((merged["err"] ** 2).mean())}
for k, v in metrics.items():
    print(f"{k:>5}: {v:.2f}")
changepoints = m.changepoints.tolist()
cv_table = []
for cutoff in (120, 150):
    part = df.iloc[:cutoff]
    mm = Prophet(weekly_seasonality=True, daily_seasonality=False, yearly_seasonality=False)
    mm.fit(part, seed=2)
    fc = mm.predict(df.iloc[cutoff:cutoff + 10][["ds"]])
    cv_table.append({"cutoff": cutoff, "mae": np.abs(fc["yhat"].values - df["y"].iloc[cutoff:cutoff + 10].values).mean()})
cv_table = pd.DataFrame(cv_table)
