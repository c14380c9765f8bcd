# target: merged
import pandas as pd

sales = pd.DataFrame({"shop": ["a", "b", "a"], "n": [1, 2, 3]})
shops = pd.DataFrame({"shop": ["a", "b"], "city": ["Rome", "Oslo"]})
per_shop = sales.groupby("shop", as_index=False)["n"].sum()
best = per_shop.loc[per_shop["n"].idxmax(), "shop"]
print("best", best)
merged = per_shop.merge(shops, on="shop", how="left")
pivot = merged.pivot_table(index="city", values="n")
print(pivot)
