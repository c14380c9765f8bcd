# target: fitted, direct, picked, summed, formatted
import numpy as np
import pandas as pd
import statsmodels.formula.api as smf
from statsmodels.formula.api import ols

noise = 3
power = 2
limit = 1
scale = 10


def raised(x):
    return x**power


df = pd.DataFrame({"y": [1.0, 2.0, 3.5, 4.0], "x": [1.0, 2.0, 3.0, 5.0]})
fitted = smf.ols("y ~ raised(x)", data=df).fit().params.round(6).to_dict()
direct = ols("y ~ I(x * scale)", df).fit().params.round(6).to_dict()
picked = df.query("x > @limit")
summed = pd.eval("limit + power")
formatted = df.query(f"x > @limit and y < {noise}")
