# target: df
import pandas as pd

df = pd.DataFrame({"A b": [1], "C d": [2]})
old = list(df.columns)
df.columns = [c.lower().replace(" ", "_") for c in df.columns]
df.rename(columns={"a_b": "first"}, inplace=True)
df.index.name = "row"
print(old)
print(df.columns)
