# target: shown, table, before, scaled, swallowed, both, given, unknown
import numpy as np
import pandas as pd
from sklearn import set_config
from sklearn.preprocessing import StandardScaler

array = np.array([1.23456789, 1e-9])
np.set_printoptions(precision=2, formatter={"float": lambda number: "?"})
np.set_printoptions(suppress=True)
np.set_printoptions(precision=3)
shown = str(array)
pd.set_option("display.precision", 5, "display.max_rows", 2)
option = "display.precision"
pd.set_option("display.precision", 1)
if len(shown) > 100:
    pd.set_option("display.precision", 2)
table = str(pd.Series([1.23456789, 2, 3, 4]))
pd.set_option(option, 6)
both = str(pd.Series([1.23456789, 2, 3, 4]))
np.seterr(divide="raise")
np.seterr(divide="call")
seen = []
np.seterrcall(lambda error, flag: seen.append(1))
np.seterrcall(lambda error, flag: seen.append(2))
before = np.seterr(divide="ignore")
np.seterr(divide="call")
ratio = array / 0
swallowed = seen
set_config(transform_output="default")
set_config(transform_output="pandas")
scaled = StandardScaler().fit_transform(pd.DataFrame({"a": [1.0, 2.0]}))
pairs = [("display.precision", 1), ("display.max_rows", 2)]
chosen, number = pairs[0]
pd.set_option(chosen, number)
chosen, number = pairs[1]
pd.set_option(chosen, number)
unknown = str(pd.Series([1.23456789, 2, 3, 4]))
pd.set_option({"display.precision": 2})
pd.set_option({"display.max_rows": 3})
given = str(pd.Series([1.23456789, 2, 3, 4]))
