# target: fitted
import pandas as pd
import statsmodels.formula.api as smf

df = pd.DataFrame({"y": [1.0, 2.1, 2.9, 4.2], "x": [1, 2, 3, 4], "g": list("abab")})
df["x2"] = df["x"] ** 2
print(df.groupby("g")["y"].mean())
fit = smf.ols("y ~ x", data=df).fit()
fitted = fit.fittedvalues
wide = smf.ols("y ~ x + x2", data=df).fit()
print(wide.params)
