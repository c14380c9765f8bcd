# target: model
from sklearn.datasets import make_classification
from sklearn.ensemble import GradientBoostingClassifier

X, y = make_classification(n_samples=50, n_features=4, random_state=0)
model = GradientBoostingClassifier(n_estimators=2, warm_start=True, random_state=0)
model.fit(X, y)
staged = model.score(X, y)
model.n_estimators = 4
model.fit(X, y)
print(staged)
