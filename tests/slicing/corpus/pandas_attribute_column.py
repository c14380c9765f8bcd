# target: df
import pandas as pd

df = pd.DataFrame({"price": [1, 2], "qty": [3, 4]})
df.price = df.price * 10
df.attrs["source"] = "shop"
total = df.qty.sum()
print(total)
