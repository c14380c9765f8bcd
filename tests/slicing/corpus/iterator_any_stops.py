# target: left
values = (n * n for n in range(10))
found = any(v > 10 for v in values)
left = list(values)
print(found)
text = "x" * 3
