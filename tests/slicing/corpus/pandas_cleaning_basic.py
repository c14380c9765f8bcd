# target: clean
import io

import pandas as pd

raw = "name,age,city\nAnn,30,Rome\nBob,,Oslo\nAnn,30,Rome\nEve,41,\n"
df = pd.read_csv(io.StringIO(raw))
print(df.shape)
print(df.isna().sum())
df = df.drop_duplicates()
df["age"] = df["age"].fillna(df["age"].median())
df["city"] = df["city"].fillna("unknown").str.lower()
summary = df.describe(include="all")
clean = df.reset_index(drop=True)
print(summary)
