# target: first, second, rest, buffer, matrix, sent
import io

import numpy as np
import pandas as pd
from scipy.io import loadmat, savemat

buffer = io.StringIO("1 2\n3 4\n5 6\n7 8\n")
first = np.loadtxt(buffer, max_rows=1)
second = np.genfromtxt(buffer, max_rows=1)
rest = pd.read_csv(buffer, sep=" ", header=None)

packed = io.BytesIO()
savemat(packed, {"a": np.arange(4)})
packed.seek(0)
matrix = loadmat(packed)["a"].tolist()

target = io.BytesIO()
np.save(target, np.arange(3))
np.save(target, np.arange(2))
sent = target.getvalue()
