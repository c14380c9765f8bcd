# target: df
import pandas as pd


def add_ratio(frame):
    frame["ratio"] = frame["a"] / frame["b"]
    return frame["ratio"].mean()


def without_a(frame):
    frame = frame.drop(columns="a")
    frame["x"] = 1
    return frame


df = pd.DataFrame({"a": [1, 2], "b": [4, 4]})
mean = add_ratio(df)
small = without_a(df)
print(mean, small)
