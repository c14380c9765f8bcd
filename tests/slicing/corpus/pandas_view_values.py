# target: df
import numpy as np
import pandas as pd

df = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
values = df.to_numpy(copy=True)
values[0, 0] = 100
df["c"] = values[:, 0]
other = np.asarray(df["b"]).copy()
other[:] = 0
print(other)
