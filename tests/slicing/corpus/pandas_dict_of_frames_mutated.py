# target: frames
import pandas as pd

frames = {name: pd.DataFrame({"v": [n, n + 1]}) for n, name in enumerate("ab")}
sums = {}
for name, frame in frames.items():
    frame["w"] = frame["v"] * 2
    frame.rename(columns={"v": "value"}, inplace=True)
    sums[name] = frame["w"].sum()
print(sums)
