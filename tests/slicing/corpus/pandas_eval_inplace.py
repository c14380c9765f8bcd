# target: df
import pandas as pd

df = pd.DataFrame({"a": [1, 2], "b": [3, 4]})
limit = 1
df.eval("c = a + b", inplace=True)
small = df.query("a > @limit")
df.eval("d = c * 2", inplace=True)
print(small)
