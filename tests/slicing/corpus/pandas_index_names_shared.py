# target: df
import pandas as pd

df = pd.DataFrame({"a": [1, 2]}, index=pd.Index([10, 20]))
other = pd.DataFrame({"b": [3, 4]}, index=[10, 20])
df.index.name = "key"
other.index.name = "other"
df.columns.name = "cols"
print(other)
