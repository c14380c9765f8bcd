# target: text
import json

plain = json.dumps({"a": 1})
original = json.dumps
json.dumps = lambda obj, **kw: original(obj, indent=1, **kw)
text = json.dumps({"a": 1})
size = len(plain)
print(size)
