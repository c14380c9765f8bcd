# target: answer
def rate(x):
    return x + 1


before = rate(1)


def rate(x):
    return x * 100


answer = rate(2)
print(before)
