# target: n
items = [1, 2, 3]


def show(x, size=(n := len(items))):
    return x * size


m = show(2)
items.append(4)
k = m + 1
print(k)
