# target: seen
import json

seen = []


def hook(d):
    seen.append(sorted(d))
    return d


data = json.loads('{"a": {"b": 1}, "c": 2}', object_hook=hook)
size = len(data)
print(size)
