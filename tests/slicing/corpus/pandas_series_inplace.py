# target: s
import pandas as pd

s = pd.Series([3.0, None, 1.0], name="x")
backup = s.copy()
s.fillna(0, inplace=True)
s.index = ["a", "b", "c"]
s["d"] = 9.0
s.name = "y"
backup.fillna(1, inplace=True)
print(backup)
