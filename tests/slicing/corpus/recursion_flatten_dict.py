# target: flat
def flatten(d, prefix=""):
    out = {}
    for key, value in d.items():
        if isinstance(value, dict):
            out.update(flatten(value, prefix + key + "."))
        else:
            out[prefix + key] = value
    return out


nested = {"a": 1, "b": {"c": 2, "d": {"e": 3}}}
size = len(nested)
nested["b"]["d"]["f"] = 4
flat = flatten(nested)
nested["a"] = 100
print(size)
