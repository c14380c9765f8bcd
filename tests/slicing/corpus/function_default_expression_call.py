# target: second
import itertools

ids = itertools.count(1)


def make(name, id=next(ids)):
    return (name, id)


first = make("a")
third = next(ids)
second = make("b", next(ids))
print(first, third)
