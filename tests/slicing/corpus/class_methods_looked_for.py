# target: areas, formatted, called, sorted_names, made, handled, steps, checked, dumped, kept, matched, evaluated, opened, reduced, abstract, patched, wrapped, mixed, described
import copy
import json
import operator
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import singledispatchmethod
from typing import Protocol, runtime_checkable


class Shape(ABC):
    @abstractmethod
    def area(self):
        """Return the area."""

    @abstractmethod
    def outline(self):
        """Return the length around it."""

    def describe(self):
        return f"{self.kind()} of {self.area()}"

    def kind(self):
        return "shape"

    def noise(self):
        return "noise"


class Square(Shape):
    def __init__(self, side):
        self.side = side

    def area(self):
        return self.side**2

    def outline(self):
        return 4 * self.side

    def kind(self):
        return "square"

    @property
    def double(self):
        return self.area() * 2

    @classmethod
    def unit(cls):
        return cls(1)

    def to_json(self):
        return {"side": self.side}


areas = [shape.area() for shape in (Square(2), Square.unit())]
described = Square(3).describe()
formatted = "{0.double} {0.side}".format(Square(2))
called = operator.methodcaller("kind")(Square(1))
sorted_names = sorted([Square(3), Square(2)], key=Square.outline)[0].side
dumped = json.dumps([Square(4)], default=lambda each: each.to_json())
evaluated = eval("Square(5)." + "are" + "a()")
try:
    abstract = str(Shape())
except TypeError:
    abstract = "abstract"


class Steps:
    def step_b(self):
        return "b"

    def step_a(self):
        return "a"

    def other(self):
        return "other"


steps = [getattr(Steps(), name)() for name in dir(Steps) if name.startswith("step_")]


class Registry:
    handlers = {}

    def __init_subclass__(cls):
        for name, function in vars(cls).items():
            if name.startswith("on_"):
                cls.handlers[name] = function(None)


class Handlers(Registry):
    def on_open(self):
        return "opened"

    def ignored(self):
        return "ignored"


handled = dict(Registry.handlers)


@runtime_checkable
class Quacks(Protocol):
    def quack(self):
        """Make a sound."""


class Duck:
    def quack(self):
        return "quack"


class Stone:
    def fall(self):
        return "falls"


checked = [isinstance(each, Quacks) for each in (Duck(), Stone())]


@dataclass(order=True)
class Point:
    x: int
    y: int = 0

    def __post_init__(self):
        self.y = self.shifted()

    def shifted(self):
        return self.y + self.x

    def unused(self):
        return self

    @property
    def norm(self):
        return self.x + self.y


made = max(Point(1), Point(2)).y
match Point(3, 4):
    case Point(norm=value):
        matched = value
    case _:
        matched = None


class Resource:
    def __init__(self):
        self.log = []

    def open(self):
        self.log.append("open")
        return self

    def shut(self):
        self.log.append("shut")

    def __enter__(self):
        return self.open()

    def __exit__(self, *error):
        self.shut()

    def __deepcopy__(self, memo):
        return self.cloned()

    def cloned(self):
        other = Resource()
        other.log = [*self.log, "cloned"]
        return other


with Resource() as resource:
    opened = resource.log
reduced = copy.deepcopy(resource).log


class Shown:
    @singledispatchmethod
    def show(self, value):
        return "any"

    @show.register
    def _(self, value: int):
        return "int"

    def first(self):
        return 1

    def second(self):
        return 2

    def __getattr__(self, name):
        return f"no {name}"


kept = [Shown().show(1), Shown().show("x"), Shown().missing]
old = Shown.first
Shown.first = Shown.second
patched = [Shown().first(), old(Shown())]


def loud(cls):
    for name in [each for each in vars(cls) if not each.startswith("_")]:
        method = getattr(cls, name)
        setattr(cls, name, lambda self, method=method: method(self).upper())
    return cls


@loud
class Voice:
    def low(self):
        return "low"

    def high(self):
        return "high"


wrapped = Voice().low()


class Loads(dict):
    def total(self):
        return sum(self.values())

    def most(self):
        return max(self.values())


class Mixed(Loads, Steps):
    def both(self):
        return [self.total(), self.step_a()]


mixed = Mixed(a=1, b=2).both()
