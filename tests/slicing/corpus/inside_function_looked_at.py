# target: names, text, local, kept, documented, consts
import inspect


def named(a):
    unused = a + 1
    print(unused)
    return a


def shown(a):
    b = a * 2
    c = a * 3
    return locals()


def caller():
    secret = 5
    other = 6
    return peek()


def peek():
    frame = inspect.currentframe()
    return sorted(frame.f_back.f_locals)


def described(a):
    """What it says."""
    print("described", a)
    return a


names = named.__code__.co_varnames
text = "unused" in inspect.getsource(named)
local = shown(2)
kept = caller()
documented = described.__doc__
described(1)
consts = len(described.__code__.co_names)
