# target: last
values = [2, 4, 9, 3]
big = [last := v for v in values if v > 3]
print(big)
total = sum(values)
