# target: equal, hashed, shown, named, filled, missing, indexed, joined, kept, missed, mapped, compared, found, met, keyed
import os
from collections import abc
from enum import Enum


class Value:
    equal = []
    hashed = []

    def __init__(self, v):
        self.v = v

    def __eq__(self, other):
        Value.equal.append("eq")
        return self.v == other.v

    def __hash__(self):
        Value.hashed.append("hash")
        return 1


Value(1) in [Value(3), Value(1)]
equal = len(Value.equal)
{Value(1)}
hashed = len(Value.hashed)


class Shown:
    log = []
    texts = []

    def __repr__(self):
        Shown.log.append("repr")
        return "r"

    def __str__(self):
        Shown.texts.append("str")
        return "s"


f"{[Shown()]}"
shown = len(Shown.log)
"%s" % Shown()
named = len(Shown.texts)
"%r" % (Shown(),)
filled = len(Shown.log)


class Filling(dict):
    def __missing__(self, key):
        self[key] = key
        return key


filling = Filling()
"%(z)s" % filling
missing = sorted(filling)

log = []


class Odd:
    def __index__(self):
        log.append("index")
        return 0

    def __fspath__(self):
        log.append("path")
        return "p"

    def __bool__(self):
        log.append("bool")
        return True


[1][Odd()]
indexed = list(log)
os.path.join("a", Odd())
os.fspath(Odd())
joined = list(log)
list(filter(None, [Odd()]))
kept = list(log)


class Color(Enum):
    RED = []

    @classmethod
    def _missing_(cls, value):
        log.append(value)
        return cls.RED


Color("zz")
missed = list(log)


class Mapped(abc.Mapping):
    def __init__(self):
        self.ops = []

    def __getitem__(self, key):
        self.ops.append("get")
        raise KeyError(key)

    def __iter__(self):
        self.ops.append("iter")
        return iter(())

    def __len__(self):
        return 0


one = Mapped()
one.get("zz")
mapped = len(one.ops)
one == {"a": 1}
compared = len(one.ops)


class Sequence(abc.Sequence):
    hits = []

    def __getitem__(self, i):
        self.hits.append(i)
        return [7, 8][i]

    def __len__(self):
        return 2


Sequence().index(8)
found = len(Sequence.hits)


class Meta(type):
    log = {}

    def __setattr__(cls, name, value):
        Meta.log["set"] = name
        super().__setattr__(name, value)


class Met(metaclass=Meta):
    pass


Met.z = 1
met = Meta.log["set"]
keyed = list(log)
