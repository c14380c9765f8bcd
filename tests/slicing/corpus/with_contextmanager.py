# target: trace
from contextlib import contextmanager

trace = []


@contextmanager
def section(name):
    trace.append("enter " + name)
    yield name.upper()
    trace.append("exit " + name)


with section("load") as label:
    rows = [1, 2, 3]
    trace.append(label)
print(sum(rows))
