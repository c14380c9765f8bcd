# target: plain, literal, coarse, joined, percent, formatted, frame_text, table, after, engineering, printed
import io

import numpy as np
import pandas as pd

array = np.array([1.23456])
frame = pd.DataFrame({"a": [1.23456, 2]})
plain = str(array)
np.set_printoptions(precision=3)
literal = repr(array)
with np.printoptions(precision=2):
    unused = str(array)
np.set_printoptions(precision=1)
coarse = f"{array}"
joined = "{}".format(array)
percent = "%s" % array
formatted = format(array)
pd.options.display.precision = 1
frame_text = repr(frame)
with pd.option_context("display.precision", 2):
    print(frame)
table = frame.to_string()
pd.set_option("display.precision", 3)
after = str(frame)
pd.set_eng_float_format(accuracy=1)
engineering = str(pd.Series([1234.5]))
stream = io.StringIO()
print(frame, file=stream)
printed = stream.getvalue()
