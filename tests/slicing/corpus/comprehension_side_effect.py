# target: log
log = []
values = [3, 1, 2]
positive = [log.append(v) or v for v in values if v > 1]
count = len(positive)
print(count)
total = sum(values)
