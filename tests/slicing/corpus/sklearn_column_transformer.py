# target: transformed
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder

df = pd.DataFrame({"n": [1.0, np.nan, 3.0], "c": ["a", "b", "a"], "junk": [0, 0, 1]})
numeric = Pipeline([("impute", SimpleImputer())])
categorical = OneHotEncoder(sparse_output=False)
transformer = ColumnTransformer([("n", numeric, ["n"]), ("c", categorical, ["c"])])
print(df["junk"].mean())
transformed = transformer.fit_transform(df)
names = transformer.get_feature_names_out()
print(names)
