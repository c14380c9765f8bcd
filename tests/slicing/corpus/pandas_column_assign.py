# target: df
import pandas as pd

df = pd.DataFrame({"price": [10, 20], "qty": [2, 3]})
df["total"] = df["price"] * df["qty"]
df.loc[df["qty"] > 2, "price"] = 0
mean = df["total"].mean()
print(f"mean {mean}")
print(df.head())
