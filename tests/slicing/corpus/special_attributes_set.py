# target: other, either, defaults, held, magic, put, value, repeated, ends, names, registered
import __main__
import builtins
import itertools
import os


class A:
    def go(self):
        pass


class B:
    def go(self):
        self.n = 1


x = A()
x.n = 0
x.__class__ = B
x.go()
other = x.n

both = [A(), A()]
for one in both:
    one.n = 0
for one in both[:1]:
    one.__class__ = B
for one in both:
    one.go()
either = [one.n for one in both]


def called(*, n=1):
    return n


called.__kwdefaults__["n"] = 5
defaults = called()


class Model:
    def __init__(self, options={"rate": 0.1}):
        self.options = options


Model.__init__.__defaults__[0]["rate"] = 9
held = Model().options["rate"]

builtins.MAGIC = 7
magic = MAGIC
__main__.put_there = 9
put = put_there

environment = os.environ
environment |= {"C": "3"}
value = os.environ.get("C")

lists = [[1], [2]]
again = itertools.repeat(lists[0], 2)
next(again).append(5)
repeated = lists[0]
ends = list(itertools.repeat(lists, 1))


class Plugin:
    known = {}

    def __init_subclass__(cls, key=None, **rest):
        Plugin.known[key or cls.__name__] = cls


type("C", (Plugin,), {}, key="c")
names = sorted(Plugin.known)
for name in ("D", "E"):
    type(name, (Plugin,), {})
registered = sorted(Plugin.known)
