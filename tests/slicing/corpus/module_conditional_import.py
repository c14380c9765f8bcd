# target: encoded
try:
    import not_a_real_module as json
except ImportError:
    import json
try:
    import re
except ImportError:
    re = None
encoded = json.dumps([1, 2])
found = re.findall(r"\d", encoded)
print(found)
