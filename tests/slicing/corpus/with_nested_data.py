# target: lines
from contextlib import contextmanager


@contextmanager
def indented(lines, depth):
    lines.append("  " * depth + "{")
    yield depth + 1
    lines.append("  " * depth + "}")


lines = []
spare = []
with indented(lines, 0) as d:
    lines.append("  " * d + "x")
    with indented(spare, d):
        spare.append("y")
print(len(spare))
