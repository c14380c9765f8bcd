# target: full
import pandas as pd

parts = []
sizes = []
for year in [2020, 2021]:
    part = pd.DataFrame({"m": [1, 2]})
    part["year"] = year
    sizes.append(len(part))
    parts.append(part)
full = pd.concat(parts, ignore_index=True)
full["key"] = full["year"] * 100 + full["m"]
print(sizes)
