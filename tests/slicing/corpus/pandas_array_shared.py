# target: df, array
import numpy as np
import pandas as pd

array = np.array([1.0, 2.0, 3.0])
df = pd.DataFrame({"a": array})
array[0] = 50.0
df.loc[1, "a"] = 7.0
total = df["a"].sum()
print(total)
