# target: names, steps, seen, taken, made
from functools import partial

names = []
steps = []
seen = []
taken = []
made = []


class Linked:
    def __setattr__(self, name, value):
        names.append(name)
        object.__setattr__(self, name, value)
        if name == "first":
            self.second = value


class Single:
    def __new__(cls, depth):
        made.append(depth)
        if depth:
            cls(depth - 1)
        return super().__new__(cls)


def note(n):
    steps.append(len(seen))
    seen.append(n)
    print(n)


def step(n, left):
    note(n)
    if left:
        again(left - 1)


def walk(n):
    taken.append(n)
    if n:
        later[0](n - 1)


again = partial(step, "n")
later = [walk]
again(3)
walk(2)
linked = Linked()
linked.first = 1
single = Single(2)
