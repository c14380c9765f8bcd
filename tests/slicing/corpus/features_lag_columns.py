# target: frame
import pandas as pd

frame = pd.DataFrame({"y": [1.0, 3.0, 2.0, 5.0]})
created = []
for lag in (1, 2):
    name = f"lag_{lag}"
    frame[name] = frame["y"].shift(lag)
    created.append(name)
    print("made", name)
frame["mean"] = frame[["lag_1", "lag_2"]].mean(axis=1)
frame.dropna(inplace=True)
correlation = frame.corr()
print(created, correlation.shape)
