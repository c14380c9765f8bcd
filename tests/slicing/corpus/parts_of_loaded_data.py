# target: settings, records, table, copied, popped, shared, total, stamped, columns
import io
import json
import pickle

import numpy as np
import pandas as pd
from sklearn.datasets import load_wine

settings = json.loads('{"paths": ["a"], "model": {"rate": 1, "deep": {"x": []}}}')
settings["paths"].append("b")
settings["model"]["rate"] = 9
settings.get("model")["deep"]["x"].append(3)

records = json.load(io.StringIO('[{"a": 1}, {"a": 2}]'))
for record in records:
    record["b"] = record["a"] * 2
total = 0
for record in records:
    total += record["a"]

table = np.arange(4).reshape(2, 2).tolist()
table[0].append("x")

copied = pickle.loads(pickle.dumps({"a": {"b": [1]}}))
copied["a"]["b"].append(2)

loaded = json.loads('{"model": {"rate": 1}, "rest": 2}')
popped = loaded.pop("model")
popped["rate"] = 5

whole = json.loads('{"inner": {"n": 1}}')
shared = whole["inner"]
again = whole["inner"]
again["n"] = 2

frame = pd.DataFrame({"a": [1, 2]})
stamped = frame.to_dict("records")
for row in stamped:
    row["at"] = "now"

wine = load_wine()
wine.feature_names.append("z")
columns = len(wine.feature_names)
