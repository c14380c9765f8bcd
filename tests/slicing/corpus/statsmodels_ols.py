# target: params
import numpy as np
import statsmodels.api as sm

rng = np.random.default_rng(3)
x = rng.normal(size=25)
e = rng.normal(scale=0.1, size=25)
y = 1 + 2 * x + e
X = sm.add_constant(x)
results = sm.OLS(y, X).fit()
print(results.rsquared)
params = results.params
intervals = results.conf_int()
print(intervals)
