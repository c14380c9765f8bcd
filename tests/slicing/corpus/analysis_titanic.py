# target: SEED, X, X_test, X_train, acc, best, cat_cols, cm, corr, df, final, importance, model, models, n, name, num_cols, pipe, pre, preds, results, scores, summary, title_map, y, y_test, y_train
import warnings
warnings.filterwarnings("ignore")
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
from sklearn.model_selection import train_test_split, cross_val_score, GridSearchCV
from sklearn.linear_model import LogisticRegression
from sklearn.ensemble import RandomForestClassifier
from sklearn.preprocessing import StandardScaler, OneHotEncoder
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import Pipeline
from sklearn.impute import SimpleImputer
from sklearn.metrics import accuracy_score, f1_score, confusion_matrix

pd.set_option("display.max_columns", None)
plt.style.use("ggplot")
SEED = 42
np.random.seed(SEED)

n = 200
df = pd.DataFrame({
    "PassengerId": np.arange(n),
    "Age": np.random.normal(30, 10, n),
    "Fare": np.random.exponential(30, n),
    "Sex": np.random.choice(["male", "female"], n),
    "Embarked": np.random.choice(["S", "C", "Q"], n),
    "Name": ["Mr. A%d" % i if i % 3 else "Mrs. B%d" % i for i in range(n)],
    "SibSp": np.random.randint(0, 4, n),
    "Parch": np.random.randint(0, 3, n),
})
df["Survived"] = ((df["Sex"] == "female") & (df["Age"] < 40) | (df["Fare"] > 60)).astype(int)
df.loc[df.sample(20, random_state=1).index, "Age"] = np.nan

print(df.head())
df.info()
print(df.describe())
print(df.isnull().sum())
fig, axes = plt.subplots(1, 2, figsize=(10, 4))
df["Age"].hist(ax=axes[0])
df.groupby("Sex")["Survived"].mean().plot(kind="bar", ax=axes[1])
plt.tight_layout()
plt.close()

df["Title"] = df["Name"].str.extract(r"^(\w+)\.", expand=False)
title_map = {"Mr": 0, "Mrs": 1}
df["TitleCode"] = df["Title"].map(title_map).fillna(-1)
df["FamilySize"] = df["SibSp"] + df["Parch"] + 1
df["IsAlone"] = 0
df.loc[df["FamilySize"] == 1, "IsAlone"] = 1
df["Age"] = df.groupby("Title")["Age"].transform(lambda s: s.fillna(s.median()))
df["AgeBin"] = pd.cut(df["Age"], bins=[0, 16, 32, 48, 100], labels=False)
print(pd.crosstab(df["AgeBin"], df["Survived"]))
corr = df.select_dtypes("number").corr()
plt.matshow(corr)
plt.close("all")

num_cols = ["Age", "Fare", "FamilySize"]
cat_cols = ["Sex", "Embarked"]
X = df[num_cols + cat_cols]
y = df["Survived"]
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=SEED, stratify=y)
print(X_train.shape, X_test.shape)

pre = ColumnTransformer([
    ("num", Pipeline([("imp", SimpleImputer(strategy="median")), ("sc", StandardScaler())]), num_cols),
    ("cat", OneHotEncoder(handle_unknown="ignore"), cat_cols),
])
models = {
    "lr": LogisticRegression(max_iter=500),
    "rf": RandomForestClassifier(n_estimators=10, random_state=SEED),
}
results = {}
for name, model in models.items():
    pipe = Pipeline([("pre", pre), ("clf", model)])
    scores = cross_val_score(pipe, X_train, y_train, cv=3)
    results[name] = {"mean": scores.mean(), "std": scores.std()}
    print(f"{name}: {scores.mean():.3f}")
best = max(results, key=lambda k: results[k]["mean"])

final = Pipeline([("pre", pre), ("clf", models[best])])
final.fit(X_train, y_train)
preds = final.predict(X_test)
acc = accuracy_score(y_test, preds)
print("accuracy", acc, "f1", f1_score(y_test, preds))
cm = confusion_matrix(y_test, preds)
plt.imshow(cm)
plt.savefig("cm.png")

grid = GridSearchCV(Pipeline([("pre", pre), ("clf", RandomForestClassifier(random_state=0))]),
                    {"clf__n_estimators": [5, 10]}, cv=2)
grid.fit(X_train, y_train)
importance = pd.Series(grid.best_estimator_.named_steps["clf"].feature_importances_,
                       index=grid.best_estimator_.named_steps["pre"].get_feature_names_out())
importance.sort_values(ascending=False).head(5).plot.barh()
plt.close()
summary = df.groupby(["Sex", "AgeBin"]).agg(n=("Survived", "size"), rate=("Survived", "mean")).reset_index()
summary.to_csv("summary.csv", index=False)
