# target: X, aics, anova, arima, best_order, bp, ci, coefs, d, data, diffed, f0, f1, forecast, idx, lags, logit, mape, model, n, new, p, pred, q, res, resid_stats, rng, robust, rolling, split, table, te, tr, ts, vif
import itertools
import warnings
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.tsa.arima.model import ARIMA
from statsmodels.tsa.stattools import adfuller, acf
from statsmodels.stats.outliers_influence import variance_inflation_factor
from statsmodels.stats.diagnostic import het_breuschpagan
from scipy import stats
import matplotlib.pyplot as plt
warnings.simplefilter("ignore")
rng = np.random.default_rng(1)
n = 80
data = pd.DataFrame({"x1": rng.normal(size=n), "x2": rng.normal(size=n), "grp": rng.choice(["a", "b", "c"], n)})
data["y"] = 1 + 2 * data["x1"] - data["x2"] + (data["grp"] == "b") * 0.5 + rng.normal(scale=0.3, size=n)
data["log_y"] = np.log(data["y"] - data["y"].min() + 1)
print(data.describe(include="all"))
sns_like = pd.plotting.scatter_matrix(data[["x1", "x2", "y"]])
plt.close()
X = sm.add_constant(data[["x1", "x2"]])
model = sm.OLS(data["y"], X)
res = model.fit()
print(res.summary())
robust = res.get_robustcov_results("HC1")
coefs = res.params.to_dict()
vif = pd.DataFrame({"var": X.columns, "vif": [variance_inflation_factor(X.values, i) for i in range(X.shape[1])]})
bp = het_breuschpagan(res.resid, X)
print("BP p-value", bp[1])
resid_stats = {"jb": stats.jarque_bera(res.resid).pvalue, "shapiro": stats.shapiro(res.resid)[1], "skew": float(stats.skew(res.resid))}
f1 = smf.ols("y ~ x1 + x2 + C(grp)", data=data).fit()
f0 = smf.ols("y ~ x1 + x2", data=data).fit()
anova = sm.stats.anova_lm(f0, f1)
table = pd.concat({"small": f0.params, "big": f1.params}, axis=1)
table.loc["r2"] = [f0.rsquared, f1.rsquared]
table = table.round(3)
new = pd.DataFrame({"x1": [0.0, 1.0], "x2": [1.0, 0.0], "grp": ["a", "c"]})
pred = f1.get_prediction(new).summary_frame(alpha=0.1)
logit = smf.logit("I(y > 1) ~ x1".replace("I(y > 1)", "hi"), data=data.assign(hi=(data["y"] > 1).astype(int))).fit(disp=0)
print(logit.pvalues)

idx = pd.date_range("2021-01", periods=60, freq="MS")
ts = pd.Series(np.cumsum(rng.normal(0.2, 1, 60)), index=idx, name="ts")
print("ADF", adfuller(ts)[1])
rolling = ts.rolling(12).mean()
plt.plot(ts); plt.plot(rolling); plt.close()
diffed = ts.diff().dropna()
lags = acf(diffed, nlags=5)
split = 50
tr, te = ts[:split], ts[split:]
aics = {}
for p, d, q in itertools.product(range(2), [1], range(2)):
    try:
        aics[(p, d, q)] = ARIMA(tr, order=(p, d, q)).fit().aic
    except Exception as exc:
        print("failed", (p, d, q), exc)
        continue
best_order = min(aics, key=aics.get)
arima = ARIMA(tr, order=best_order).fit()
print(arima.summary().tables[1])
forecast = arima.forecast(steps=len(te))
mape = float((abs(forecast - te) / te.abs()).mean())
ci = arima.get_forecast(5).conf_int()
