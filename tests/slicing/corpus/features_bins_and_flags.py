# target: features
import numpy as np
import pandas as pd

people = pd.DataFrame({"age": [15, 34, 70], "income": [0.0, 52000.0, 31000.0]})
features = pd.DataFrame(index=people.index)
features["adult"] = people["age"] >= 18
features["band"] = pd.cut(people["age"], [0, 18, 65, 120], labels=["young", "mid", "old"])
features["log_income"] = np.log1p(people["income"])
print(features["band"].value_counts())
people["age"] += 1
missing = features.isna().mean()
print(missing)
