# target: calls, counted, listed
from collections import Counter
from pathlib import Path

calls = []


class Table(dict):
    def mean(self):
        calls.append("table")
        return 1


class Frame:
    def __init__(self):
        self.values = [1, 2]

    def mean(self):
        self.values.append(len(calls))
        return sum(self.values)


counted = Counter("aab")
counted.grow = lambda: counted.update("b")
frame = Frame()
things = [{"a": 1}, Table(a=1), counted, frame, [4]]
first = things[1].mean()
second = things[3].mean()
things[2].grow()
counted = dict(counted)
listed = frame.values
Path("one.txt").write_text("1")
print(first, second, things[-1].count(4))
