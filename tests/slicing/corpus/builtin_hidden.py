# target: total
def sum(values):
    return "sum of " + str(len(values))


def max(values):
    return None


total = sum([1, 2, 3])
biggest = max([1])
print(biggest)
