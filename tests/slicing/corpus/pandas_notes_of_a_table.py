# target: first, unit, noted, copied, total
import pandas as pd

df = pd.DataFrame({"a": [1, 2], "b": [1, 3]})
notes = df.attrs
notes["steps"] = ["read"]
notes["steps"].append("cleaned")
df.attrs.update(unit="cm")
first = df.attrs["steps"][-1]
unit = df.attrs.get("unit")
copied = df.copy().attrs
noted = df.drop(columns="b")
total = df["a"].sum()
