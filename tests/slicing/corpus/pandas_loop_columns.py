# target: df
import pandas as pd

df = pd.DataFrame({"a": [1.0, 2.0], "b": [10.0, 20.0], "t": ["x", "y"]})
ranges = {}
for column in df.columns:
    if df[column].dtype == float:
        ranges[column] = df[column].max() - df[column].min()
        df[column] = (df[column] - df[column].min()) / ranges[column]
        print(column, "scaled")
print(ranges)
