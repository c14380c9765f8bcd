# target: handlers
handlers = {}


def handler(name):
    def register(function):
        handlers[name] = function(2)
        return function

    return register


@handler("double")
def double(x):
    return x * 2


@handler("square")
def square(x):
    return x * x


print(double(4))
unused = square(3)
