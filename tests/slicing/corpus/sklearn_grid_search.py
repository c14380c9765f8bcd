# target: best
import numpy as np
from sklearn.datasets import load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.tree import DecisionTreeClassifier

X, y = load_iris(return_X_y=True)
names = load_iris().target_names
grid = GridSearchCV(DecisionTreeClassifier(random_state=0), {"max_depth": [1, 2, 3]}, cv=3)
grid.fit(X, y)
table = grid.cv_results_["mean_test_score"]
print(names, np.round(table, 3))
best = grid.best_params_
