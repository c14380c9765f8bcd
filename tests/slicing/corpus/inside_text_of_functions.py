# target: out, other, third
log = []


def wrapped(function):
    # What is around it.
    log.append(function.__name__)

    def inner(*args):
        """Inner.

        With lines.
        """
        text = """
    not a statement
"""
        log.append(text)
        if len(args) > 1: extra = 1; log.append(extra)
        return function(*args)

    return inner


def shape(x):
    if x > 2:
        size = "big"
        log.append(size)
    elif x > 1:
        log.append("medium")
    else:
        log.append("small")
        x -= 1
    message = (
        "x is "
        + str(x)
    )
    for part in message: log.append(part)
    return (
        x * 2
    )


@wrapped
def other_shape(x):
    @wrapped
    def deep(y):
        log.append(y)
        return y
    a = deep(x); b = 2
    return a


def nothing():
    log.append("nothing")


out = shape(1)
other = other_shape(4)
third = nothing()
