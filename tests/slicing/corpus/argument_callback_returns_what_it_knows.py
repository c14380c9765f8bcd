# target: log, stored, plain
import pandas as pd

log = []
stored = []
plain = []


def made(x):
    return lambda: log.append(x)


functions = pd.Series([1, 2]).map(made).tolist()
for function in functions:
    function()


def got(x):
    return stored


objects = pd.Series([1, 2]).map(got)
objects.iloc[0].append(10)
numbers = pd.Series([1, 2]).map(lambda x: x + len(plain))
