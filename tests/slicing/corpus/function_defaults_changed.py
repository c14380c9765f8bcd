# target: result
def f(x, n=1):
    return x + n


before = f(1)
f.__defaults__ = (100,)
result = f(1)
print(before)
