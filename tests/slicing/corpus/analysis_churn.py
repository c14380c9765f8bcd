# target: model, score, importance, best, X_test, report, folds
import logging
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, classification_report, roc_auc_score
from sklearn.model_selection import KFold, train_test_split
from sklearn.preprocessing import StandardScaler

logging.basicConfig(level=logging.INFO)
logger = logging.getLogger(__name__)
SEED = 42
OUT = Path("out")
OUT.mkdir(exist_ok=True)
np.random.seed(SEED)

n = 200
df = pd.DataFrame(
    {
        "age": np.random.randint(18, 80, n),
        "income": np.random.normal(50, 10, n),
        "region": np.random.choice(["n", "s", "e"], n),
        "churn": np.random.randint(0, 2, n),
    }
)
logger.info("read %d rows", len(df))
print(df.head())
print(df.describe())
df.to_csv(OUT / "raw.csv", index=False)

df["income"] = df["income"].clip(lower=0)
df["old"] = (df["age"] > 60).astype(int)
df = pd.get_dummies(df, columns=["region"])
missing = df.isna().sum()
if missing.any():
    print("missing", missing)

fig, axes = plt.subplots(1, 2, figsize=(8, 3))
df["age"].hist(ax=axes[0])
axes[1].scatter(df["age"], df["income"])
plt.tight_layout()
plt.savefig(OUT / "eda.png")
plt.close(fig)

X = df.drop(columns="churn")
y = df["churn"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=SEED)
scaler = StandardScaler()
X_train_scaled = scaler.fit_transform(X_train)
X_test_scaled = scaler.transform(X_test)

baseline = LogisticRegression(max_iter=500)
baseline.fit(X_train_scaled, y_train)
print("baseline", accuracy_score(y_test, baseline.predict(X_test_scaled)))

model = RandomForestClassifier(n_estimators=10, random_state=SEED)
model.fit(X_train, y_train)
proba = model.predict_proba(X_test)[:, 1]
score = roc_auc_score(y_test, proba)
logger.info("score %.3f", score)
report = classification_report(y_test, model.predict(X_test), output_dict=True)
importance = pd.Series(model.feature_importances_, index=X.columns).sort_values(ascending=False)
importance.plot.bar()
plt.savefig(OUT / "importance.png")

results = []
for depth in (2, 3, None):
    candidate = RandomForestClassifier(n_estimators=5, max_depth=depth, random_state=SEED)
    candidate.fit(X_train, y_train)
    accuracy = accuracy_score(y_test, candidate.predict(X_test))
    print(depth, accuracy)
    results.append({"depth": depth, "accuracy": accuracy})
best = max(results, key=lambda row: row["accuracy"])
folds = []
for i, (train, test) in enumerate(KFold(3, shuffle=True, random_state=SEED).split(X)):
    fold_model = LogisticRegression(max_iter=500)
    fold_model.fit(scaler.fit_transform(X.iloc[train]), y.iloc[train])
    fold_score = fold_model.score(scaler.transform(X.iloc[test]), y.iloc[test])
    logger.info("fold %d: %.3f", i, fold_score)
    folds.append(fold_score)
print("mean", np.mean(folds))
