# target: out
import pandas as pd
import sklearn
from sklearn.preprocessing import MinMaxScaler

df = pd.DataFrame({"a": [1.0, 2.0, 3.0]})
plain = MinMaxScaler().fit_transform(df)
sklearn.set_config(transform_output="pandas")
out = MinMaxScaler().fit_transform(df)
print(type(plain), df.shape)
