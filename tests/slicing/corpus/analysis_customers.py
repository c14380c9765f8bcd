# target: FEATURES, RANDOM_STATE, TARGET, X_te, X_tr, c, df, f1, logger, model, n, pi, prec, prob, rec, report, rng, shap_like, tbl, th, thr, y_te, y_tr
import logging, sys, warnings
from datetime import datetime
import numpy as np, pandas as pd
import matplotlib.pyplot as plt
from sklearn.model_selection import train_test_split, StratifiedKFold, RandomizedSearchCV
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.inspection import permutation_importance
from sklearn.metrics import roc_auc_score, precision_recall_curve
warnings.filterwarnings("ignore")
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
logger = logging.getLogger(__name__)
RANDOM_STATE = 0
FEATURES = ["tenure", "charges", "contract", "calls"]
TARGET = "churn"
rng = np.random.default_rng(RANDOM_STATE)
n = 150
df = pd.DataFrame({"id": [f"C{i:04d}" for i in range(n)], "tenure": rng.integers(1, 72, n), "charges": rng.gamma(5, 10, n).round(2), "contract": rng.choice(["month", "year"], n), "calls": rng.poisson(2, n), "signup": pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), unit="D")})
df["churn"] = ((df["contract"] == "month") & (df["tenure"] < 30) | (rng.random(n) < .1)).astype(int)
logger.info("loaded %d rows", len(df))
logger.info("churn rate %.2f", df[TARGET].mean())
def summarize(frame, by):
    g = frame.groupby(by)[TARGET].agg(["mean", "size"])
    logger.debug(g)
    return g.sort_values("mean", ascending=False)
tbl = summarize(df, "contract")
for c in ["tenure", "charges"]:
    df.boxplot(column=c, by=TARGET); plt.suptitle(""); plt.close()
df["contract"] = df["contract"].map({"month": 0, "year": 1})
df["age_days"] = (datetime(2023, 1, 1) - df["signup"]).dt.days
df["charge_per_call"] = np.where(df["calls"] > 0, df["charges"] / df["calls"].replace(0, 1), df["charges"])
FEATURES += ["charge_per_call"]
df["bucket"] = pd.qcut(df["tenure"], 3, labels=["lo", "mid", "hi"])
X_tr, X_te, y_tr, y_te = train_test_split(df[FEATURES], df[TARGET], test_size=.3, random_state=RANDOM_STATE, stratify=df[TARGET])
logger.info("train %s test %s", X_tr.shape, X_te.shape)
search = RandomizedSearchCV(HistGradientBoostingClassifier(random_state=0, max_iter=10), {"max_depth": [2, 3], "learning_rate": [.1, .3]}, n_iter=2, cv=StratifiedKFold(3, shuffle=True, random_state=1), random_state=0, scoring="roc_auc")
search.fit(X_tr, y_tr)
model = search.best_estimator_
prob = model.predict_proba(X_te)[:, 1]
report = {"auc": roc_auc_score(y_te, prob), "params": search.best_params_, "when": "now"}
prec, rec, th = precision_recall_curve(y_te, prob)
f1 = 2 * prec * rec / (prec + rec + 1e-9)
thr = float(th[f1[:-1].argmax()])
plt.plot(rec, prec); plt.title(f"AUC={report['auc']:.2f}"); plt.close()
pi = permutation_importance(model, X_te, y_te, n_repeats=2, random_state=0)
shap_like = pd.DataFrame({"f": FEATURES, "imp": pi.importances_mean}).sort_values("imp", ascending=False).set_index("f")
shap_like.plot.barh(); plt.tight_layout(); plt.savefig("imp.png")
df["score"] = model.predict_proba(df[FEATURES])[:, 1]
df.loc[df["score"] > thr, "flag"] = "risk"
df["flag"] = df["flag"].fillna("ok")
print(df.groupby("flag")[TARGET].mean())
