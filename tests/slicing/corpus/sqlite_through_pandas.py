# target: df
import sqlite3

import pandas as pd

db = sqlite3.connect(":memory:")
raw = pd.DataFrame({"city": ["a", "b", "a"], "n": [1, 2, 3]})
raw.to_sql("sales", db, index=False)
raw["n"] = 0
df = pd.read_sql("select city, sum(n) as n from sales group by city order by city", db)
print(raw["n"].sum())
