# target: shown
from functools import singledispatch


@singledispatch
def show(value):
    return "?"


@show.register
def _(value: int):
    return f"int {value}"


@show.register(list)
def _(value):
    return f"list {len(value)}"


plain = show(1.5)
shown = [show(3), show([1, 2])]
print(plain)
