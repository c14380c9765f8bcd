# target: spare
keys = iter(["a", "b", "c"])
values = [1, 2]
mapping = dict(zip(values, keys))
spare = list(keys)
text = str(mapping)
print(text)
