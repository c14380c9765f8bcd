# target: result
def f():
    return 1


def g():
    return 2


before = f()
f.__code__ = g.__code__
result = f()
print(before)
