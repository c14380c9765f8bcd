"""What two values of Python's own differ in, and that nothing is missed or made up."""

from __future__ import annotations

import collections
import copy
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import functools
import math
import operator
import pathlib
import pickle
import re
import struct
import subprocess
import sys
import threading
import types
import weakref
import zoneinfo
from typing import TYPE_CHECKING, Any, NamedTuple

import cloudpickle
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lineapy_store
from lineapy_store import Difference, differences
from lineapy_store.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable


class Plain:
    """An object with one attribute, that hashes by identity."""

    def __init__(self, part: Any) -> None:
        self.part = part


class Slotted:
    """An object without a dictionary, one of its slots private."""

    __slots__ = ("__hidden", "part")

    def __init__(self, part: Any) -> None:
        self.part = part
        self.__hidden = 1


@dataclasses.dataclass
class Data:
    """A dataclass."""

    part: Any
    other: int = 0


class Named(NamedTuple):
    """A named tuple."""

    other: int
    part: Any


class Stateful:
    """An object that says itself what is pickled of it."""

    def __init__(self, part: Any) -> None:
        self.part = part

    def __getstate__(self) -> dict[str, Any]:
        """Returns the state, under another name."""
        return {"kept": self.part}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Takes the state."""
        self.part = state["kept"]


class Rows(list):  # type: ignore[type-arg]
    """A list with an attribute."""

    part: Any


class Label(str):
    """Text with an attribute."""

    __slots__ = ("part",)
    part: Any


def with_part(made: Any, part: Any) -> Any:
    """The object, with its part."""
    made.part = part
    return made


def lines(left: object, right: object) -> list[str]:
    """What a person is shown."""
    return [str(each) for each in differences(left, right)]


def paths(left: object, right: object) -> list[str]:
    """Where two values differ."""
    return [each.path for each in differences(left, right)]


WRAPPERS: dict[str, Callable[[Any], Any]] = {
    "[1]": lambda part: [0, part, 2.0],
    "[0]": lambda part: (part, None),
    "['key']": lambda part: {"a": 1, "key": part, 3: part is None},
    "[(1, 'x')]": lambda part: {(1, "x"): part},
    ".part": Plain,
    ".other[0]": lambda part: types.SimpleNamespace(other=(part,)),
    ".part[2]": lambda part: Slotted((1, 2, part)),
    ".part['a']": lambda part: Data({"a": part}),
    ".part[0]": lambda part: Named(1, [part]),
    ".part[1]": lambda part: Stateful([3, part]),
    ".part.part": lambda part: with_part(Rows([1]), Plain(part)),
    "[0].part": lambda part: Rows([with_part(Label("a"), part)]),
    "['x'][0]": lambda part: collections.OrderedDict(x=(part,)),
    "['y'][0]": lambda part: collections.defaultdict(list, y=[part]),
    "[1][0]": lambda part: collections.deque([1, [part]], maxlen=5),
    ".keywords['part']": lambda part: functools.partial(print, part=part),
    ".args[1]": lambda part: ValueError(1, part),
    ".__self__.part": lambda part: Plain(part).__init__,  # type: ignore[misc]
}
LEAVES = st.one_of(
    *(
        st.tuples(leaves, leaves).filter(lambda pair: repr(pair[0]) != repr(pair[1]))
        for leaves in (
            st.integers(),
            st.floats(),
            st.complex_numbers(),
            st.text(max_size=5),
            st.binary(max_size=5),
            st.booleans(),
            st.binary(max_size=5).map(bytearray),
            st.decimals(),
            st.fractions(),
            st.datetimes(timezones=st.timezones()),
            st.dates(),
            st.times(),
            st.timedeltas(),
            st.uuids(),
            st.ip_addresses(v=4),
            st.builds(range, st.integers(0, 9), st.integers(0, 9)),
            st.sampled_from(
                [len, max, int, Plain, math, re.compile("a"), re.compile("a", re.IGNORECASE)]
            ),
            st.sampled_from(list(re.RegexFlag)),
            st.text("ab").map(pathlib.PurePosixPath),
        )
    )
).filter(lambda pair: type(pair[0]) is type(pair[1]))


@given(leaves=LEAVES, steps=st.lists(st.sampled_from(list(WRAPPERS)), min_size=1, max_size=6))
def test_one_changed_leaf_is_reported_and_nothing_else(
    leaves: tuple[Any, Any], steps: list[str]
) -> None:
    """However deep a leaf is, its path is the only one that is reported, in either direction."""
    left, right = leaves
    for step in reversed(steps):
        left, right = WRAPPERS[step](left), WRAPPERS[step](right)
    [found] = differences(left, right)
    inside = lines(*leaves)
    assert found.path.startswith("".join(steps))
    assert str(found).removeprefix("".join(steps)) in {
        inside[0],
        inside[0].removeprefix("the value itself"),
    }
    [other_way] = differences(right, left)
    assert (other_way.path, other_way.kind) == (found.path, found.kind)


@given(leaf=LEAVES.map(operator.itemgetter(0)), steps=st.lists(st.sampled_from(list(WRAPPERS))))
def test_copies_have_no_differences(leaf: Any, steps: list[str]) -> None:
    """A copy is the same value, by whatever it was made."""
    value = leaf
    for step in reversed(steps):
        value = WRAPPERS[step](value)
    assert lines(value, pickle.loads(pickle.dumps([value]))[0]) == []  # noqa: S301 - made here
    assert lines(value, cloudpickle.loads(cloudpickle.dumps(value))) == []
    if not isinstance(leaf, types.ModuleType):
        assert lines(value, copy.deepcopy(value)) == []


@given(left=st.floats(), right=st.floats())
def test_floats_are_the_same_bit_for_bit(left: float, right: float) -> None:
    """Two floats are the same if and only if their bits are, NaNs and zeros included."""
    same = struct.pack("d", left) == struct.pack("d", right)
    assert (lines([left], [right]) == []) == same
    assert (lines(complex(1, left), complex(1, right)) == []) == same


@given(left=st.floats(), right=st.floats(), rtol=st.floats(0, 1), atol=st.floats(0, 1e300))
def test_floats_are_the_same_within_a_tolerance(
    left: float, right: float, rtol: float, atol: float
) -> None:
    """A tolerance is of the larger one, both ways; with one all NaNs are equal, infinities not."""
    found = differences([left], [right], rtol=rtol, atol=atol + 1e-300)
    assert len(found) == len(differences([right], [left], rtol=rtol, atol=atol + 1e-300))
    if math.isnan(left) or math.isnan(right):
        assert (not found) == (math.isnan(left) and math.isnan(right))
    elif math.isinf(left) or math.isinf(right):
        assert (not found) == (left == right)
    else:
        near = abs(left - right) <= atol + 1e-300 + rtol * max(abs(left), abs(right))
        assert (not found) == near


@pytest.mark.parametrize("tolerance", [-1.0, math.nan])
def test_a_tolerance_that_is_none_is_an_error(tolerance: float) -> None:
    """A negative tolerance, or one that is no number, is named in the error."""
    with pytest.raises(ConfigurationError, match=r"rtol must be .*, not (-1\.0|nan)"):
        differences(1.0, 1.0, rtol=tolerance)
    with pytest.raises(ConfigurationError, match="atol must be"):
        differences(1.0, 1.0, atol=tolerance)


class Color(enum.Enum):
    """An enumeration."""

    RED = 1
    GREEN = 2


class Power(enum.StrEnum):
    """An enumeration of texts."""

    LOW = "low"
    HIGH = "high"


NOON = dt.datetime(2024, 10, 27, 2, 30, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin"))
UTC = dt.UTC
READABLE: list[tuple[Any, Any, list[str]]] = [
    (1, 2, ["the value itself: 1 != 2"]),
    ([1, True], [1, 1], ["[1]: type bool != int (True and 1)"]),
    ([1], (1,), ["the value itself: type list != tuple ([1] and (1,))"]),
    ([1, 2], [1, 3, 4], ["the value itself: length 2 != 3", "[1]: 2 != 3"]),
    ({"a": 1, "b": 2}, {"a": 1}, ["['b']: 2 is missing"]),
    ({"a": 1}, {"a": 1, "b": 2}, ["['b']: 2 is extra"]),
    ({"a": 1, "b": 2}, {"b": 2, "a": 1}, ["the value itself: order ['a', 'b'] != ['b', 'a']"]),
    ({1: "x"}, {True: "x"}, [".keys()[0]: type int != bool (1 and True)"]),
    ({1, 2}, {2, 3}, ["the value itself: 1 is missing", "the value itself: 3 is extra"]),
    ({1}, {True}, ["the value itself: 1 is missing", "the value itself: True is extra"]),
    (
        {(1, 0.0)},
        {(1, -0.0)},
        ["the value itself: (1, 0.0) is missing", "the value itself: (1, -0.0) is extra"],
    ),
    (Plain([1]), Plain([2]), [".part[0]: 1 != 2"]),
    (Data(1), Data(1, 5), [".other: 0 != 5"]),
    (
        math.nan,
        -math.nan,
        ["the value itself: nan (0x7ff8000000000000) != nan (0xfff8000000000000)"],
    ),
    (Color.RED, Color.GREEN, ["the value itself: <Color.RED: 1> != <Color.GREEN: 2>"]),
    (Power.LOW, Power.HIGH, ["the value itself: <Power.LOW: 'low'> != <Power.HIGH: 'high'>"]),
    (collections.deque([1], 2), collections.deque([1], 3), [".maxlen: 2 != 3"]),
    (
        collections.defaultdict(int),
        collections.defaultdict(list),
        [".default_factory: <class 'int'> != <class 'list'>"],
    ),
    (collections.Counter("aab"), collections.Counter("aabb"), ["['b']: 1 != 2"]),
    (
        decimal.Decimal("1.0"),
        decimal.Decimal("1.00"),
        ["the value itself: Decimal('1.0') != Decimal('1.00')"],
    ),
    (range(0), range(1, 1), ["the value itself: range(0, 0) != range(1, 1)"]),
    (
        fractions.Fraction(1, 2),
        fractions.Fraction(1, 3),
        ["the value itself: Fraction(1, 2) != Fraction(1, 3)"],
    ),
    (
        "a" * 100 + "b" + "c" * 100,
        "a" * 100 + "x" + "c" * 100,
        ["the value itself: ...'aaaaaaaaaaaaaaabcccccccccccccc'... != ...'aaaaaaaaaaaaaaaxcccccc"],
    ),
    (OSError(2, "no", "here"), OSError(2, "no", "there"), [".filename: 'here' != 'there'"]),
    (operator.itemgetter(1), operator.itemgetter(2), [".__reduce_ex__(5)[1][0]: 1 != 2"]),
    ([1].append, [2].append, [".__self__[0]: 1 != 2"]),
    (memoryview(b"ab").cast("B", (2, 1)), memoryview(b"ab"), ["the value itself: "]),
    (types.MappingProxyType({"a": 1}), types.MappingProxyType({"a": 2}), ["['a']: 1 != 2"]),
]


@pytest.mark.parametrize(("left", "right", "expected"), READABLE)
def test_differences_read_as_a_person_would_say_them(
    left: Any, right: Any, expected: list[str]
) -> None:
    """Each difference is a line with the path and both sides, in words where values do not tell."""
    found = lines(left, right)
    assert len(found) == len(expected)
    assert all(line.startswith(start) for line, start in zip(found, expected, strict=True))


def test_one_moment_in_two_zones_or_folds_is_two_values() -> None:
    """Dates and times that are equal for Python, and yet behave differently, are told apart."""
    assert len(lines(NOON, NOON.replace(fold=1))) == 1
    assert len(lines(NOON, NOON.astimezone(UTC))) == 1
    assert lines(NOON, NOON.replace(tzinfo=zoneinfo.ZoneInfo.no_cache("Europe/Berlin"))) == []


def test_order_of_attributes_is_no_difference() -> None:
    """What sets the attributes of an object in another order makes the same object."""
    left, right = types.SimpleNamespace(a=1, b=2), types.SimpleNamespace(b=2, a=1)
    assert lines(left, right) == []


def test_containers_of_any_depth() -> None:
    """A list in a list, a hundred thousand times, is compared to its bottom."""
    left: list[Any] = [1]
    right: list[Any] = [2]
    for _ in range(100_000):
        left, right = [left], [right]
    [found] = differences(left, right)
    assert found.path.startswith("[0][0][0]")
    assert "...(99801 more)..." in found.path
    assert str(found).endswith("[0][0]: 1 != 2")


def test_cycles_and_shared_parts_are_compared_once() -> None:
    """A value that holds itself, in any way, is compared to the end, and a part of it found."""

    def knot(leaf: int) -> Any:
        rows: list[Any] = [leaf]
        node = Plain(rows)
        rows += [rows, (rows,), node, {"self": rows, node: {node}}]
        return rows

    assert lines(knot(1), knot(1)) == []
    assert lines(knot(1), knot(2)) == ["[0]: 1 != 2"]


@given(st.lists(st.lists(st.integers(), max_size=2), max_size=4), st.data())
def test_sharing_is_no_difference(rows: list[list[int]], data: st.DataObject) -> None:
    """Whether equal parts are one object does not matter, and one object twice is no cycle."""
    picked = data.draw(st.lists(st.sampled_from(rows or [[]]), max_size=6))
    assert lines(picked, [list(row) for row in picked]) == []
    changed = [list(row) for row in picked]
    if changed:
        changed[-1].append(7)
        assert paths(picked, changed) == [f"[{len(changed) - 1}]"]


class Raises:
    """An object whose comparison and representation raise."""

    def __init__(self, part: Any) -> None:
        self.part = part

    def __eq__(self, other: object) -> bool:
        """Raises."""
        raise ValueError

    def __hash__(self) -> int:
        """Returns what every other has."""
        return 1

    def __repr__(self) -> str:
        """Raises."""
        raise ValueError


class Agrees(Raises):
    """An object that says it is equal to everything."""

    def __eq__(self, other: object) -> bool:
        """Agrees."""
        return True

    __hash__ = Raises.__hash__


@pytest.mark.parametrize("kind", [Raises, Agrees])
def test_equality_of_a_class_proves_nothing(kind: Any) -> None:
    """Objects are told apart whatever their own comparison says or raises, keys and members too."""
    assert paths(kind(1), kind(2)) == [".part"]
    assert paths({"a": kind(1)}, {"a": kind(2)}) == ["['a'].part"]
    assert [each.kind for each in differences({kind(1)}, {kind(2)})] == ["missing", "extra"]
    assert {each.path[:2] for each in differences({kind(1): 1}, {kind(2): 1})} <= {".k", "[<"}
    assert differences({kind(1): 1}, {kind(2): 1})
    for value in (kind(1), {kind(1)}, {kind(1): kind(2)}, [kind(1)]):
        assert lines(value, copy.deepcopy(value)) == []
    assert all(map(str, differences([kind(1), kind(2)], [kind(2), Plain(3)])))


@pytest.mark.parametrize("base", [int, str, bytes, float, list, dict, set])
def test_equality_of_a_subclass_of_a_builtin_proves_nothing(base: Any) -> None:
    """A number, text or container is told apart by what it holds, whatever its class says."""
    content = {"__eq__": lambda *_: True, "__ne__": lambda *_: False, "__hash__": lambda _: 1}
    kind = type("Agreeing", (base,), content | {"__len__": lambda _: 0})
    contents: dict[Any, Any] = {int: 1, bytes: b"a", float: 1.5, dict: {"a": 1}}
    empty, full = kind(), kind(contents.get(base, "a"))
    assert len(differences(empty, full)) == 1
    assert lines(full, copy.copy(full)) == []


def test_keys_and_members_that_hash_by_identity_find_their_counterparts() -> None:
    """Keys and members that are other objects after a round trip are matched by their content."""
    left = {Plain(number): number for number in range(30)}
    assert lines(left, copy.deepcopy(left)) == []
    assert lines(set(left), copy.deepcopy(set(left))) == []
    assert lines({math.nan, (1, math.nan)}, {float("nan"), (1, float("nan"))}) == []
    right = copy.deepcopy(left)
    next(iter(right)).part = "x"
    assert lines(left, right) == [".keys()[0].part: type int != str (0 and 'x')"]
    assert len(lines(set(left), set(right))) == 2


def test_many_members_without_counterpart_are_all_reported() -> None:
    """Thousands of members that only one side has are each reported, in little time."""
    left, right = ({(side, number) for number in range(3_000)} for side in "ab")
    found = collections.Counter(each.kind for each in differences(left, right))
    assert found == {"missing": 3_000, "extra": 3_000}


class Connected:
    """A model with what cannot be pickled, and a cache that can."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.connection = (number for number in range(3))
        self.cache = {"a": 1}
        self.weights = [1.0]

    def __getstate__(self) -> dict[str, Any]:
        """Returns the weights alone."""
        return {"weights": self.weights}

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Takes the weights, and starts the rest afresh."""
        vars(self).update(state, lock=threading.Lock(), cache={}, connection=None)


def test_what_a_class_drops_is_reported_if_it_could_have_been_kept() -> None:
    """A connection that is not pickled is no part of the value; data that is not, is missing."""
    model = Connected()
    assert lines(model, copy.copy(model)) == [".cache['a']: 1 is missing"]


class Cached:
    """An object that remembers what it was asked."""

    @functools.cached_property
    def answer(self) -> int:
        """The answer."""
        return 42


def test_what_one_side_has_been_asked_is_no_difference() -> None:
    """A cached property that is filled on one side only is no difference; another value is."""
    asked, fresh, wrong = Cached(), Cached(), Cached()
    assert asked.answer == 42
    vars(wrong)["answer"] = 43
    assert lines(asked, fresh) == lines(fresh, asked) == []
    assert lines(asked, wrong) == [".answer: 42 != 43"]


@pytest.mark.parametrize(
    "make",
    [
        lambda: (number for number in range(2)),
        threading.local,
        {}.keys,
        lambda: sys._current_frames()[threading.get_ident()],  # noqa: SLF001 - C has all of it
    ],
)
def test_what_cannot_be_looked_into_is_never_taken_as_equal(make: Callable[[], Any]) -> None:
    """Two objects that offer no way to compare them are a difference, one object is none."""
    left, right = [make()], [make()]
    [found] = differences(left, right)
    assert (found.path, found.kind) == ("[0]", "opaque")
    assert "cannot be compared" in str(found)
    assert lines(left, [left[0]]) == []


@pytest.mark.parametrize(
    "make", [threading.Lock, threading.RLock, threading.Condition, threading.Event, object]
)
def test_objects_without_content_are_equal(make: Callable[[], Any]) -> None:
    """Locks, and objects that have nothing, do not differ."""
    assert lines(make(), make()) == []


def test_references_are_followed() -> None:
    """Weak references are the same if what they refer to is."""
    one, same, other = Plain(1), Plain(1), Plain(2)
    assert lines(weakref.ref(one), weakref.ref(same)) == []
    assert lines([weakref.ref(one)], [weakref.ref(other)]) == ["[0]().part: 1 != 2"]


SCRIPT = """
import abc, dataclasses, enum, functools, math

LIMIT = {limit}

class Base(abc.ABC):
    __slots__ = ("part",)
    rate = {rate}

class Model(Base):
    def predict(self, x):
        return [math.floor(LIMIT) for _ in x]
    @property
    def half(self):
        return {half}
    @classmethod
    def make(cls):
        return super().__new__(cls)
    @staticmethod
    def twice(x):
        return x * {twice}

@dataclasses.dataclass
class Settings:
    depth: int = {depth}
    names: list = dataclasses.field(default_factory=list)

class Color(enum.Enum):
    RED = {red}

def scaled(factor):
    def scale(x, by={by}, *, more={more}):
        return x * factor + by
    return scale

value = [Model(), Settings(), Color.RED, scaled({factor}), lambda x: x + {added}, Model.predict]
"""
SCRIPT_PATHS = {
    "limit": "[0].__class__.predict.__globals__['LIMIT']",
    "rate": "[0].__class__.__bases__[0].rate",
    "half": "[0].__class__.half.fget.__code__.co_consts[1]",
    "twice": "[0].__class__.twice.__func__.__code__.co_consts[1]",
    "depth": "[1].__class__.depth",
    "red": "[2].__class__.RED",
    "by": "[3].__defaults__[0]",
    "more": "[3].__kwdefaults__['more']",
    "factor": "[3].__closure__['factor']",
    "added": "[4].__code__.co_consts[1]",
}


def run_script(**changed: int) -> Any:
    """The value of the script, as if it had been run as a program, with some of its numbers."""
    names: dict[str, Any] = {"__name__": "__main__"}
    source = SCRIPT.format(**(dict.fromkeys(SCRIPT_PATHS, 101) | changed))
    exec(compile(source, "script", "exec", dont_inherit=True), names)  # noqa: S102 - it stands above
    return names["value"]


def test_classes_and_functions_of_a_script_are_compared_by_content() -> None:
    """A script that runs twice, and cloudpickle, makes classes and functions that are the same."""
    assert lines(run_script(), run_script()) == []
    program = "import cloudpickle, sys; sys.stdout.buffer.write(cloudpickle.dumps(value))"
    pickled = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-c", SCRIPT.format(**dict.fromkeys(SCRIPT_PATHS, 101)) + program],
        capture_output=True,
        check=True,
    ).stdout
    assert lines(run_script(), pickle.loads(pickled)) == []  # noqa: S301 - made above


@pytest.mark.parametrize("changed", SCRIPT_PATHS)
def test_one_number_in_the_code_of_a_script_is_found(changed: str) -> None:
    """A constant, default, closed-over or global variable of any code is found by its path."""
    found = differences(run_script(), run_script(**{changed: 202}))
    assert SCRIPT_PATHS[changed] in [each.path for each in found]


def test_classes_of_other_names_are_other_types() -> None:
    """Objects of another class are of another type, and the classes are named."""
    [found] = differences([Plain(1)], [types.SimpleNamespace(part=1)])
    assert (found.path, found.kind) == ("[0]", "type")
    assert "Plain" in str(found)
    assert "types.SimpleNamespace" in str(found)
    assert lines(Plain, Slotted)[0].startswith("the value itself: <class ")


def test_left_and_right_are_the_objects_themselves() -> None:
    """A difference holds both objects, not their texts, and its text is short."""
    left, right = list(range(10_000)), dict.fromkeys(range(10_000))
    [found] = differences({"a": left}, {"a": right})
    assert found.left is left
    assert found.right is right
    assert isinstance(found, Difference)
    assert len(str(found)) < 300
    assert repr(found) == f"<Difference {found}>"


@pytest.mark.parametrize(
    "before",
    [
        "",
        "import lineapy_store.comparison",
        "from lineapy_store.comparison import Difference",
        "from lineapy_store import Difference",
        "import lineapy_store.store, lineapy_store.api",
    ],
)
def test_the_name_is_the_function_whatever_was_imported_before(before: str) -> None:
    """``lineapy_store.differences`` is the function, not a module that has its name."""
    program = f"{before}\nimport lineapy_store, sys; assert not lineapy_store.differences(1, 1)"
    heavy = "assert not {'numpy', 'pandas', 'scipy', 'sklearn', 'xgboost'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", f"{program}; {heavy}"], check=True)  # noqa: S603 - the command is ours
    assert lineapy_store.differences is differences


class Odd(type):
    """A metaclass whose classes say that they are in no module."""

    __module__ = property(lambda _: 3)


def test_classes_without_a_name_are_no_obstacle() -> None:
    """A class that has no text for its module is compared like any other."""
    kinds = [Odd("Kind", (), {"part": part}) for part in (1, 1, 2)]
    assert lines(kinds[0](), kinds[1]()) == []
    assert lines(kinds[0](), kinds[2]()) == [".__class__.part: 1 != 2"]
    assert lines(kinds[0], Plain)[0].startswith("the value itself: ")
