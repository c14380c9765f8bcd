# target: frame, model, text, dumped, logged, listed, shown, mean, old, legacy, parsed, unshown, reset, table, first
import csv
import io
import json
import logging

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

pd.set_option("display.max_rows", 3, "display.precision", 3)
pd.options.display.width = 60
pd.options.mode.copy_on_write = True
np.set_printoptions(precision=3, suppress=True)
np.set_printoptions(legacy="1.25")
frame = pd.DataFrame({"a": [1.23456, 2.0, 4.5, 9.0], "b": [1, 2, 3, 5]})
first = frame["a"]
first.iloc[0] = 7.77777
array = frame["a"].to_numpy()
model = LinearRegression().fit(frame[["a"]], frame["b"])
text = frame.to_string()
dumped = json.dumps({"array": array}, default=str)
stream = io.StringIO()
csv.writer(stream).writerow([array])
listed = stream.getvalue()
heard = io.StringIO()
logger = logging.getLogger("options")
logger.propagate = False
logger.addHandler(logging.StreamHandler(heard))
logger.warning("the array: %s", array)
logged = heard.getvalue()
shown = f"{[array]}"
legacy = repr(np.float64(1))
mean = frame["b"].mean()
old = pd.options.display.precision, pd.get_option("display.max_rows")
pd.set_option("display.date_dayfirst", True)
parsed = str(pd.Timestamp("2024-01-02"))
pd.reset_option("display.precision")
reset = str(frame)
unshown = frame.describe()
rows = pd.options.display
rows.float_format = "{:.1f}".format
table = repr(frame)
