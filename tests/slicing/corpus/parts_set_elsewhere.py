# target: a, b, c, d, e, f
import functools
import json
from types import SimpleNamespace


class Model:
    pass


class Lazy:
    calls = 0

    @functools.cached_property
    def heavy(self):
        self.calls = self.calls + 1
        return [self.base]


def configure(model, **options):
    for name, value in options.items():
        setattr(model, name, value)
    model.done = True


model = Model()
model.x = 1
configure(model, y=2, x=3)
model.z = 4
a = model.x
b = model.done, model.y
model.__dict__["x"] = 9
model.z = 5
c = model.x
Model.shared = 1
model.shared = model.shared + 1
Model.shared = 10
d = model.shared, Model().shared
lazy = Lazy()
lazy.base = 1
first = lazy.heavy
lazy.base = 2
e = lazy.heavy, lazy.calls
space = SimpleNamespace(n=1)
space.n += 1
space.m = json.loads("[1]")
f = space.n
