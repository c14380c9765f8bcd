# target: model
import numpy as np
from sklearn.linear_model import SGDClassifier

rng = np.random.RandomState(1)
model = SGDClassifier(random_state=0)
losses = []
for step in range(3):
    X = rng.normal(size=(10, 2))
    y = (X[:, 0] > 0).astype(int)
    model.partial_fit(X, y, classes=[0, 1])
    losses.append(1 - model.score(X, y))
    print("step", step, losses[-1])
