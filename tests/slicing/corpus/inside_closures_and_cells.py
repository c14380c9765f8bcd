# target: totals, hidden, late, shared
totals = []
x = "global"


def counter():
    total = 0
    count = 0

    def add(n):
        nonlocal total
        nonlocal count
        total += n
        count += 1
        return total

    return add


def hides(flag):
    if flag:
        x = "local"
        print(x)
    else:
        x = "other"
    y = [x]
    x = "later"
    return y


def later():
    table = {}
    get = lambda key: table.get(key, base)
    base = 1
    table["a"] = 5
    table["b"] = 6
    base = 2
    return get("a"), get("z")


def cells(items=[]):
    calls = [0]
    items.append(len(items))

    def call():
        calls[0] += 1
        other = calls[0] * 2
        return other

    call()
    return call


add = counter()
totals.append(add(2))
totals.append(add(3))
hidden = hides(False)
late = later()
shared = cells()() + cells()()
