# target: high
def stats(values):
    ordered = sorted(values)
    return ordered[0], ordered[-1], sum(values) / len(values)


data = [3, 9, 4]
low, high, mean = stats(data)
data.append(100)
print(low, mean)
