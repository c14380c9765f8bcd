# target: result
data = {"a": [1, 2, 3], "b": [4, 5]}
shapes = {k: len(v) for k, v in data.items()}
print(shapes)
print(sorted(data), type(data))
longest = max(data, key=lambda k: len(data[k]))
result = {k: sum(v) for k, v in data.items()}
str(result)
repr(data)
len(result)
result["total"] = sum(result.values())
is_big = result["total"] > 10
print(longest, is_big)
