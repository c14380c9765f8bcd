# target: records, kept
import numpy as np

records = np.array([(1, 2.0), (3, 4.0)], dtype=[("n", int), ("x", float)])
kept = records.copy()
part = records[["n", "x"]]
part["n"] = 9
places = kept[[0]]
places["n"] = 7
mask = kept[kept["n"] > 1]
mask["x"] = -1.0
kept["x"][kept["n"] > 1] += 0.5
print(places, mask)
