# target: first, second, third, fourth, fifth, inside, local
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

np.random.seed(0)
SEED = 3
NOBODY = None
X = np.random.rand(20, 2)
y = np.arange(20) % 2
noise = np.random.rand()
first = RandomForestClassifier(n_estimators=2, random_state=SEED).fit(X, y)
second = RandomForestClassifier(n_estimators=2, random_state=NOBODY).fit(X, y)
if noise > 2:
    SEED = None
third = train_test_split(X, random_state=SEED)
SEED = None
fourth = train_test_split(X, random_state=SEED)
for SEED in (None, 1):
    fifth = train_test_split(X, random_state=SEED)
LOCAL = 5


def split(values, seed=None):
    LOCAL = seed
    return train_test_split(values, random_state=LOCAL)


def split_same(values):
    return train_test_split(values, random_state=LOCAL)


inside = split(X)
more = np.random.rand()
local = split_same(X)
