# target: n, shape, kept, put, summed, passed, defaults, dropped, unbound, scaled
from functools import partial

import numpy as np
import pandas as pd
from sklearn.preprocessing import StandardScaler

frame = pd.DataFrame({"a": [2, 1, None]})
options = {"inplace": True}
frame.dropna(**options)
n = len(frame)


def clean(table, **how):
    table.dropna(**how)


other = pd.DataFrame({"a": [2, 1, None]})
clean(other, inplace=True)
shape = other.shape

third = pd.DataFrame({"a": [2, 1, None]})
how = dict(subset=["a"])
how["inplace"] = True
third.dropna(**how)
kept = len(third)

fourth = pd.DataFrame({"a": [2, 1, None]})
base = {"inplace": True}
fourth.dropna(**{**base, "subset": ["a"]})
put = len(fourth)

summed = np.zeros(2)
np.add(1, 2, **{"out": summed})


def called(first=[], second=None):
    first.append(second)
    return first


passed = []
called(**{"first": passed, "second": 3})
called(**{"second": 3})
defaults = called(**{})

drop = partial(pd.DataFrame.dropna, inplace=True)
dropped = pd.DataFrame({"a": [2, 1, None]})
drop(dropped)
unbound = pd.DataFrame({"a": [2, 1]})
pd.DataFrame.sort_values(unbound, "a", inplace=True)
scaler = StandardScaler()
StandardScaler.fit(scaler, [[1.0], [2.0]])
scaled = scaler.mean_[0]
