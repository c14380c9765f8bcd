# target: forecast, weekly, resid, errors, best_order, trend
import json
import warnings
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.seasonal import seasonal_decompose

warnings.filterwarnings("ignore")
config = {"start": "2020-01-01", "days": 120, "test": 20}
print(json.dumps(config, indent=2))
rng = np.random.default_rng(0)
index = pd.date_range(config["start"], periods=config["days"], freq="D")
values = np.sin(np.arange(len(index)) / 7) * 5 + np.arange(len(index)) * 0.1
sales = pd.Series(values + rng.normal(0, 1, len(index)), index=index, name="sales")
sales.iloc[10] = np.nan
sales = sales.interpolate()
started = datetime.now()
weekly = sales.resample("W").mean()
print(weekly.tail(3))
decomposed = seasonal_decompose(sales, period=7)
trend = decomposed.trend.dropna()
resid = decomposed.resid.dropna()
print("std of residuals", resid.std())
train, test = sales[: -config["test"]], sales[-config["test"] :]


def rmse(a, b):
    """Return the root mean squared error."""
    return float(np.sqrt(np.mean((np.asarray(a) - np.asarray(b)) ** 2)))


errors = {}
for order in [(1, 0, 0), (1, 1, 0)]:
    try:
        fitted = ARIMA(train, order=order).fit()
    except Exception as error:
        print("failed", order, error)
        continue
    predicted = fitted.forecast(len(test))
    errors[order] = rmse(test, predicted)
    print(order, errors[order], fitted.aic)
best_order = min(errors, key=errors.get)
print("took", datetime.now() - started > timedelta(0))
final = ARIMA(sales, order=best_order).fit()
print(final.summary())
forecast = final.forecast(7)
lower = forecast - 1.96 * resid.std()
exog = sm.add_constant(np.arange(len(sales)))
ols = sm.OLS(sales.values, exog).fit()
print(ols.params)
