# target: data
import json
import os
import tempfile

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "x.json")
    with open(path, "w") as f:
        json.dump({"a": [1, 2]}, f)
    size = os.path.getsize(path)
    with open(path) as f:
        data = json.load(f)
print(size)
