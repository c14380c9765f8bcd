# target: text
import datetime
import json

original = json.JSONEncoder.default
plain = json.dumps([1])
json.JSONEncoder.default = lambda self, o: o.isoformat()
text = json.dumps({"d": datetime.date(2024, 1, 2)})
json.JSONEncoder.default = original
print(plain)
