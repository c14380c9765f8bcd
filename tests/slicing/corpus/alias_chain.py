# target: first, third
first = {"a": 1}
second = first
third = second
log = []
third["b"] = 2
log.append("b set")
second = {"c": 3}
second["d"] = 4
print(first, log)
