# target: speed, name, guessed, kept, slots, copied
import copy
from dataclasses import dataclass, field


class Base:
    speed = 1

    def start(self):
        self.speed = self.base_speed() * 2
        self.name = type(self).__name__

    def base_speed(self):
        return self.power

    def __getattr__(self, name):
        if name == "power":
            return 5
        return f"no {name}"


class Car(Base):
    def __init__(self):
        self.doors = 4
        self.started = False

    def start(self):
        super().start()
        self.started = True


class Slots:
    __slots__ = ("a", "b")


@dataclass
class Record:
    number: int
    tags: list = field(default_factory=list)
    note: str = ""


car = Car()
car.start()
car.doors = 5
speed = car.speed
name = car.name, car.started
guessed = car.wheels
car.wheels = 3
kept = car.wheels, car.doors
one = Slots()
one.a = 1
one.b = 2
one.a += one.b
slots = one.a
record = Record(1)
record.note = "n"
record.tags.append(record.number)
record.number = 2
copied = copy.copy(record)
copied.tags.append(3)
record.note = "m"
copied = copied.note, record.tags, copied.number
