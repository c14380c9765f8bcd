# target: modes, cuts, scores, errors, precision, widths, some, every, counts, missing, known, cells
import statistics

import numpy as np
import pandas as pd
from sklearn.metrics import (
    f1_score,
    mean_squared_error,
    precision_recall_fscore_support,
    silhouette_samples,
)

modes = statistics.multimode([1, 1, 2, 2])
modes.append(9)
cuts = statistics.quantiles([1, 2, 3, 4])
cuts.append(9)
scores = f1_score([0, 1], [0, 1], average=None)
scores[0] = 50
errors = mean_squared_error([[1, 2]], [[2, 4]], multioutput="raw_values")
errors[0] = 50
precision, *others = precision_recall_fscore_support([0, 1], [0, 1])
precision[0] = 5
widths = silhouette_samples([[0.0], [0.1], [5.0], [5.1]], [0, 0, 1, 1])
widths[:] = 1
some = np.any(np.eye(2), 0)
some[0] = False
every = np.eye(2).all(axis=0)
every[0] = True
counts = np.count_nonzero(np.eye(2), axis=0)
counts[0] = 9
missing = pd.isna(pd.Series([1.0, None]))
missing[0] = True
known = pd.notnull(np.array([1.0, np.nan]))
known[1] = True
cells = pd.Series([[1], [2]])
cells.max().append(5)
cells[:1].item().append(6)
