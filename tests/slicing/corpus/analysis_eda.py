# target: N, bc, chi2, col, corr, ct, df, display, dof, encoded, exp, high, lam, mask, missing, num, num_summary, outliers, p, raw, rs, skewed, t, target_rate
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from scipy import stats
from scipy.stats import zscore, boxcox, chi2_contingency, ttest_ind
pd.set_option("display.float_format", "{:.2f}".format)
pd.set_option("display.max_columns", 50, "display.width", 120)
plt.rcParams["figure.figsize"] = (8, 4)
plt.rcParams.update({"font.size": 9})
rs = np.random.RandomState(10)
N = 300
raw = pd.DataFrame({
    "id": range(N), "income": rs.lognormal(10, 1, N), "age": rs.randint(18, 80, N).astype(float),
    "city": rs.choice(["Rome", "Paris", "Oslo", None], N), "signup": pd.Timestamp("2021-01-01") + pd.to_timedelta(rs.randint(0, 365, N), unit="D"),
    "default": rs.binomial(1, 0.2, N),
})
raw.loc[rs.choice(N, 30, replace=False), "age"] = np.nan
raw.columns = raw.columns.str.strip().str.lower()
df = raw.copy()
df.info()
df.shape
df.head(3)
df.duplicated().sum()
df.nunique()
missing = df.isna().mean().sort_values(ascending=False)
missing[missing > 0].plot(kind="barh", title="missing")
plt.show()
for col in df.select_dtypes("number").columns:
    fig, ax = plt.subplots(1, 2)
    ax[0].hist(df[col].dropna())
    ax[1].boxplot(df[col].dropna())
    fig.suptitle(col)
    plt.close(fig)
df["age"].fillna(df["age"].median())
df["age"] = df["age"].fillna(df["age"].median())
df["city"] = df["city"].fillna("Unknown")
df = df.drop(columns=["id"])
df["log_income"] = np.log1p(df["income"])
df["z"] = zscore(df["log_income"])
outliers = df[df["z"].abs() > 2.5]
print(f"{len(outliers)} outliers")
df = df[df["z"].abs() <= 2.5].drop(columns="z").reset_index(drop=True)
bc, lam = boxcox(df["income"])
df["income_bc"] = bc
df["age_group"] = pd.cut(df["age"], [0, 30, 50, 100], labels=["young", "mid", "old"])
df["month"] = df["signup"].dt.month
df["quarter"] = "Q" + df["signup"].dt.quarter.astype(str)
ct = pd.crosstab(df["city"], df["default"])
chi2, p, dof, exp = chi2_contingency(ct)
print("chi2", chi2, p)
t = ttest_ind(df.loc[df["default"] == 1, "income"], df.loc[df["default"] == 0, "income"], equal_var=False)
print(t)
target_rate = df.groupby("age_group", observed=True)["default"].agg(["mean", "count"]).rename(columns={"mean": "rate"})
display = print
display(target_rate)
num = df.select_dtypes(include=[np.number])
skewed = [c for c in num.columns if abs(num[c].skew()) > 1]
num_summary = num.agg(["mean", "std", "skew"]).T
num_summary["cv"] = num_summary["std"] / num_summary["mean"]
corr = num.corr(method="spearman")
mask = np.triu(np.ones_like(corr, dtype=bool))
plt.imshow(np.where(mask, np.nan, corr)); plt.colorbar(); plt.close()
high = [(a, b) for i, a in enumerate(corr.columns) for b in corr.columns[:i] if abs(corr.loc[a, b]) > 0.8]
encoded = pd.get_dummies(df[["city", "age_group", "quarter"]], drop_first=True, dtype=int)
encoded["income"] = (df["income"] - df["income"].mean()) / df["income"].std()
encoded = encoded.join(df["default"])
