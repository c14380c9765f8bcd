# target: out
import pandas as pd

df = pd.DataFrame({"n": [1, 2], "s": ["a", "b"]})
records = []
seen = set()
for index, row in df.iterrows():
    records.append({"id": index, "text": row["s"] * row["n"]})
    seen.add(row["s"])
out = pd.DataFrame(records)
print(seen)
