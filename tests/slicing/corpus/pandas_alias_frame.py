# target: df
import pandas as pd

df = pd.DataFrame({"a": [1, 2]})
same = df
copy = df.copy()
same["b"] = [3, 4]
copy["c"] = [5, 6]
frames = {"main": df, "copy": copy}
frames["main"]["d"] = 0
frames["copy"]["e"] = 0
print(copy)
