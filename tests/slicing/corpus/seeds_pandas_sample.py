# target: picked
import numpy as np
import pandas as pd

np.random.seed(5)
df = pd.DataFrame({"a": range(10)})
first = df.sample(3)
picked = df.sample(2)
print(first)
mean = df["a"].mean()
