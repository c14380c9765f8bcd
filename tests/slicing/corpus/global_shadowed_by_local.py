# target: value
value = 1


def work():
    value = 100
    value += 1
    return value


got = work()
value += 1
print(got)
