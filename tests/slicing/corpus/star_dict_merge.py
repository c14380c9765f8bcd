# target: merged
defaults = {"a": 1, "b": 2}
override = {"b": 20}
override["c"] = 30
merged = {**defaults, **override}
defaults["a"] = 100
union = defaults | override
print(union)
