# target: N, a, ab, b, boot, boot_med, ci, dev, fit, hi_c, hi_t, lo_c, lo_t, nobs, p, part, power, result, seg, succ, t, table, u, z
import numpy as np, pandas as pd
from scipy import stats
from statsmodels.stats.proportion import proportions_ztest, proportion_confint
from statsmodels.stats.power import TTestIndPower
import statsmodels.formula.api as smf
import matplotlib.pyplot as plt
np.random.seed(7)
N = 200
ab = pd.DataFrame({"user": range(N), "group": np.random.choice(["control", "treat"], N), "device": np.random.choice(["ios", "web"], N)})
ab["converted"] = np.random.binomial(1, np.where(ab.group == "treat", .3, .2))
ab["revenue"] = ab["converted"] * np.random.lognormal(2, .5, N)
assert not ab.user.duplicated().any()
print(ab.groupby("group").agg(["mean", "count"])["converted"] if False else ab.head())
succ = ab.groupby("group")["converted"].sum()
nobs = ab["group"].value_counts().loc[succ.index]
z, p = proportions_ztest(succ.values, nobs.values)
(lo_c, lo_t), (hi_c, hi_t) = proportion_confint(succ, nobs, alpha=.05)
ci = {"control": (lo_c, hi_c), "treat": (lo_t, hi_t)}
a, b = (ab.loc[ab.group == g, "revenue"] for g in ("control", "treat"))
t = stats.ttest_ind(a, b, equal_var=False)
u = stats.mannwhitneyu(a, b)
result = {"z": z, "p": p, "t": t.statistic, "u": u.pvalue}
def bootstrap(x, y, n=100, func=np.mean):
    diffs = np.empty(n)
    for i in range(n):
        diffs[i] = func(np.random.choice(y, len(y))) - func(np.random.choice(x, len(x)))
    return diffs
boot = bootstrap(a.values, b.values)
plt.hist(boot, bins=20); plt.axvline(0); plt.close()
boot_med = bootstrap(a.values, b.values, func=np.median)
result["boot_p"] = (boot < 0).mean()
power = TTestIndPower().solve_power(effect_size=.2, nobs1=100, alpha=.05)
fit = smf.logit("converted ~ C(group) * C(device)", data=ab).fit(disp=False)
table = fit.params.round(3).to_frame("coef").join(fit.pvalues.round(3).rename("p"))
seg = {}
for dev, part in ab.groupby("device"):
    seg[dev] = part.groupby("group")["converted"].mean().diff().iloc[-1]
    print(dev, seg[dev])
