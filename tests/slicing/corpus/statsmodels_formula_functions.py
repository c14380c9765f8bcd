# target: count, predicted, is_changed, picked
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

frame = pd.DataFrame({"y": [1.0, 2, 4, 7], "x": [1.0, 2, 3, 4]})
calls = []
c = 1.0


def shifted(values):
    calls.append(len(values))
    return values**2 + c


results = smf.ols("y ~ shifted(x)", frame).fit()
count = len(calls)
c = 5.0
predicted = results.predict(pd.DataFrame({"x": [9.0]})).round(6).tolist()
other = sm.OLS(np.array([1.0, 2, 2, 4, 5, 7]), sm.add_constant(np.arange(6.0))).fit()
robust = other.get_robustcov_results("HC0")
is_changed = hasattr(other._results, "het_scale")
seen = []


def large(values):
    seen.append(len(values))
    return values > 2


picked = frame.query("@large(x)")["x"].tolist()
