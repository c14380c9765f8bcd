# target: result
def helper(x):
    return x - 1


def main(x):
    return helper(x) * 2


early = main(10)


def helper(x):
    return x + 1


result = main(10)
print(early)
