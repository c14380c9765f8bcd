# target: seen, sizes, table, grown
import pandas as pd

seen = []


def spread(part):
    seen.append(len(part))
    return part.max() - part.min()


table = pd.DataFrame({"g": ["a", "a", "b"], "v": [1.0, 4.0, 9.0]})
groups = table.groupby("g")["v"]
by_group = groups.agg(spread)
sizes = []
for name, group in table.groupby("g"):
    sizes.append((name, len(group)))
moved = table["v"].rolling(2).apply(spread)
table["w"] = table.groupby("g")["v"].transform("sum")
grown = table["v"].expanding().sum()
table.loc[0, "v"] = 2.0
print(by_group, moved)
