# target: a
import pandas as pd

a = pd.DataFrame({"x": [1.0, None, 3.0]})
b = pd.DataFrame({"x": [10.0, 20.0, None]})
mask = a["x"].isna()
a.update(b)
c = a.where(a > 15)
a.loc[mask, "x"] = -1
print(c)
