# target: compared
compared = []


def key(x):
    compared.append(x)
    return -x


ordered = sorted([3, 1, 2], key=key)
biggest = ordered[0]
print(biggest)
