# target: tags, calls, shared
import functools


def named(x):
    return x


named.tags = ["a"]


def decorated(function):
    function.calls = []

    @functools.wraps(function)
    def inner(*arguments):
        inner.calls.append(arguments)
        return function(*arguments)

    return inner


outer = decorated(named)
outer.tags.append("b")
outer(1)
tags = named.tags
calls = named.calls
shared = outer.calls
