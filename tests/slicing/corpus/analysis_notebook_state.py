# target: X, best, df, final, fpr, le, model, prob, s, scaler, scores, t, th, threshold, tpr, y, y2
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_curve, precision_recall_curve
from sklearn.preprocessing import StandardScaler, LabelEncoder

np.random.seed(1)
df = pd.DataFrame({"x": np.random.randn(60), "g": np.random.choice(["u", "v"], 60)})
df["y"] = (df.x + np.random.randn(60) * .3 > 0).astype(int)
le = LabelEncoder()
df["g"] = le.fit_transform(df["g"])
X = df.drop("y", axis=1).to_numpy().copy()
y = df.y.to_numpy().copy()
scaler = StandardScaler()
X[:, :1] = scaler.fit_transform(X[:, :1])
model = LogisticRegression().fit(X, y)
prob = model.predict_proba(X)[:, 1]
fpr, tpr, th = roc_curve(y, prob)
plt.plot(fpr, tpr); plt.xlabel("fpr"); plt.show()
best, threshold = 0, .5
for t in np.arange(.1, .9, .1):
    s = f1_score(y, prob > t)
    if s > best:
        best, threshold = s, t
print(f"best {best:.2f} at {threshold}")
y2 = y.copy()
y2[prob < .2] = 0
y[0] = 1 - y[0]
model.fit(X, y)
scores = [model.score(X, v) for v in (y, y2)]
model.C = 10
model.fit(X, y2)
final = model.coef_.ravel().tolist()
del df["g"]
df.insert(0, "p", prob)
df.rename(columns={"p": "prob"}, inplace=True)
df.sort_values("prob", ascending=False, inplace=True)
df.reset_index(drop=True, inplace=True)
