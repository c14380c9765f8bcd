# target: b, a, order, z, w, n, n1, c, lazy, viewed, closed, both, copied, counted, slow, called, ran, kept, nested, looped, shared, plain, other
import copy
from dataclasses import dataclass, field

table = {}
table["b"] = 1
table["a"] = [2]
table["b"] = 3
table["a"] = [4]
b = table["b"]
table["b"] = 5
a = table["a"]
order = list(table)

rows = [{} for _ in range(2)]
for row in rows:
    row["x"] = 1
x, y = rows
x["x"] = 2
y["x"] = 3
z = x["x"]
p, q = map(dict, [[], []])
p["k"] = 1
q["k"] = 2
w = p["k"]


class Model:
    pass


model = Model()
model.x = 1
model.x = 2
n = model.x


def make():
    return Model()


one = make()
two = make()
one.x = 1
two.x = 2
n1 = one.x
Model.c = 1
Model.c = 2
c = model.c

state = {}
state["k"] = 1
reader = (state["k"] + i for i in range(2))
items = state.items()


def read():
    return state["k"]


state["k"] = 7
lazy = list(reader)
viewed = dict(items)
closed = read()
state["k"] = 8
same = state
same["k"] = 9
both = state["k"], same["k"]
copied = copy.deepcopy(state)
copied["k"] = 10
copied["k"] = copied["k"] + 1
twins = copy.deepcopy([state, state])
twins[0]["k"] = 3


class Counted:
    changes = 0

    def __setattr__(self, name, value):
        Counted.changes += 1
        object.__setattr__(self, name, value)


watched = Counted()
watched.n = 1
watched.n = 2
counted = Counted.changes, watched.n


class Slow:
    log = []

    @property
    def rate(self):
        return self._rate

    @rate.setter
    def rate(self, value):
        self.log.append(value)
        self._rate = value


slow = Slow()
slow.rate = 1
slow.rate = 2
slow = slow.rate, list(Slow.log)


def double(n):
    return n * double.by


double.by = 2
double.by = 3
called = double(5)
double.by = 4

space = {}
space["n"] = 1
exec("space = {}")
space["n"] = 2
ran = space["n"]


@dataclass
class Box:
    things: list = field(default_factory=list)
    label: str = "a"


box = Box()
box.things = [1]
held = box.things
box.things = [2]
held.append(3)
kept = held, box.things, box.label
outer = {"inner": {}}
outer["inner"]["v"] = 1
inner = outer["inner"]
outer["inner"] = {"v": 2}
inner["v"] = 3
nested = outer, inner
grown = {}
grown["sum"] = 0
for i in range(3):
    grown["sum"] = grown["sum"] + i
    if i == 1:
        grown["last"] = i
grown["last"] = -1
looped = grown["sum"], grown["last"]
first = second = {}
first["v"] = 1
second["v"] = 2
shared = first["v"]
choice = {} if n else table
choice["b"] = 0
plain = table["b"]
maybe = None
if n > 1:
    maybe = {}
    maybe["v"] = 1
maybe["v"] = 2
other = maybe["v"]
