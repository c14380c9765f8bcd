# target: importances
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

X, y = make_classification(n_samples=80, n_features=4, random_state=1)
forest = RandomForestClassifier(n_estimators=5, random_state=0)
forest.fit(X, y)
print("trained", forest.n_features_in_)
importances = dict(enumerate(forest.feature_importances_))
proba = forest.predict_proba(X[:3])
print(proba)
