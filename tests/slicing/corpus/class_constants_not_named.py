# target: area, labels, config, total, kind, shape, by_name, merged, typed, counted, state, lone, inherited, enumerated
import enum
import typing


class Shape:
    sides = 4
    names = ["square", "rect"]
    unit = "cm"
    scale = 2
    kind = "plain"

    def __init__(self, width):
        self.width = width

    def area(self):
        return self.width * self.width * self.scale

    def label(self):
        self.names.append(self.unit)
        return self.names


square = Shape(3)
area = square.area()
labels = list(square.label())
shape = Shape(5)


class Settings:
    rate = 0.1
    layers = [1, 2]
    unused = {"a": [1]}

    @classmethod
    def as_dict(cls):
        return {name: getattr(cls, name) for name in ("rate", "layers")}


config = Settings.as_dict()
total = sum(Settings.layers)


class Special(Shape):
    kind = "special"
    sides = 5


kind = Special(1).kind
by_name = getattr(Special(1), "si" + "des")


class Record(typing.NamedTuple):
    size: int = 3
    name: str = "r"


merged = Record()._asdict()


class Counter:
    count = 0
    seen = ()
    limit = 3

    def tick(self):
        type(self).count += 1
        if Counter.count > self.limit:
            raise ValueError(self.seen)


counter = Counter()
counter.tick()
counted = counter.count


class Base:
    def run(self):
        return self.step * 2

    step = 1


class Derived(Base):
    step = 4
    spare = 5


inherited = Derived().run()


class State:
    first = 1
    second = first + 1
    third = [number for number in (1, 2)]


state = State.second


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


enumerated = [one.value for one in Colour]


class Meta(type):
    def __new__(mcs, name, bases, names):
        names["total"] = sum(value for value in names.values() if isinstance(value, int))
        return super().__new__(mcs, name, bases, names)


class Typed(metaclass=Meta):
    one = 1
    two = 2


typed = Typed.total


class Lone:
    value = 1


lone = Lone()
