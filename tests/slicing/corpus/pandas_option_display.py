# target: text
import pandas as pd

pd.set_option("display.max_columns", 3)
pd.set_option("display.precision", 2)
df = pd.DataFrame({"a": [1.23456], "b": [2.0]})
wide = df.assign(c=1)
text = df.to_string()
print(wide)
