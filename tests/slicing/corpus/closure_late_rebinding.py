# target: value
def outer():
    factor = 1

    def inner(x):
        return x * factor

    factor = 5
    return inner


f = outer()
early = f(1)
value = f(2)
print(early)
