# target: df
import pandas as pd

df = pd.DataFrame({"x": [1, 2], "y": [3, 4], "z": [5, 6]})
label = df.pop("z")
df.insert(0, "id", [100, 200])
print(label.sum())
other = df.copy()
other["w"] = 1
