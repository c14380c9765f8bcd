# target: dummies
import pandas as pd

df = pd.DataFrame({"color": ["red", "blue", "red"], "n": [1, 2, 3]})
df["color"] = df["color"].astype("category")
codes = df["color"].cat.codes
dummies = pd.get_dummies(df, columns=["color"], dtype=int)
df["n"] = 0
corr = dummies.corr()
print(codes.tolist(), corr.shape)
