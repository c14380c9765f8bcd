# target: rows, columns, draws, filled, grid, same, masked, sums
import numpy as np
import pandas as pd

rows = np.zeros(3)
np.add.reduce(np.ones((2, 3)), 0, None, rows)
columns = np.zeros((2, 2))
np.add.accumulate(np.ones((2, 2)), 0, None, columns)
draws = np.zeros(3)
np.random.default_rng(0).random(3, np.float64, draws)
filled = np.array([1.0, np.nan])
np.nan_to_num(filled, False)
axis = np.arange(3)
grid, _ = np.meshgrid(axis, axis, copy=False)
axis[0] = 5
same = np.arange(3)
view = np.array(same, copy=None)
view[0] = 11
view = np.array(same, copy=False)
view[1] += 1
masked = np.ma.array([1, 2, 3], mask=[0, 1, 0])
np.ma.set_fill_value(masked, 7)
masked = masked.filled().tolist()
sums = pd.DataFrame({"a": [1, 2]})
pd.eval("z = sums.a * 2", target=sums, inplace=True)
