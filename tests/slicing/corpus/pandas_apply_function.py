# target: df
import pandas as pd

bands = {"low": 0, "high": 0}


def band(row):
    kind = "high" if row["n"] > 2 else "low"
    bands[kind] += 1
    return kind


df = pd.DataFrame({"n": [1, 2, 3]})
df["band"] = df.apply(band, axis=1)
df["double"] = df["n"].map(lambda n: n * 2)
print(bands)
print(df.dtypes)
