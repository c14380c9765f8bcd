"""Programs that nobody wrote: they run, end, raise nothing, and do all that trips slicers.

A program grows statement by statement, each of which is run at once: what raises is left out, and
what the variables hold is known where the next statement is written. A seed makes always the same
program.

``python tests/plugins/programs.py 20000`` slices that many for each of their variables.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import functools
import io
import itertools
import random
import signal
import sys
import threading
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from lineapy_store.comparison import Difference, differences

if TYPE_CHECKING:
    from tests.plugins.cutting import count_statements, shrunk, slice_of
else:
    from cutting import count_statements, shrunk, slice_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    Slicer = Callable[[str, str], str]
    Option = Callable[[], str]

#: Kinds of values: numbers, texts, lists of numbers, lists of those, mappings of texts to numbers
#: and to lists of numbers, sets of numbers, pairs of a number and a list, instances of classes of
#: the program, and iterators over numbers.
KINDS = ("int", "str", "list", "lists", "dict", "dicts", "set", "pair", "object", "iterator")
_WEIGHTS = (6, 1, 6, 2, 3, 2, 1, 2, 3, 2)
#: Seconds for one slice, and for making one program smaller.
_LIMIT = 5
_PATIENCE = 30
_KEYS = ("a", "b", "c")
_ITERATORS: tuple[type, ...] = (
    type(iter([])),
    type(reversed([])),
    map,
    filter,
    type(_ for _ in ()),
)
_INDENT = "    "
_MANAGER = """\
class Manager:
    def __init__(self, log):
        self.log = log

    def __enter__(self):
        self.log.append(1)
        return self.log

    def __exit__(self, kind, error, trace):
        self.log.append(2)
        return kind is ValueError
"""


def _kind(value: Any) -> str | None:
    """What a value is, if there is a use for it."""
    kind = type(value)
    found = None
    if kind in (int, str, set):
        found = kind.__name__
    elif kind is list:
        found = "list" if _are(value, int) else "lists" if _are_lists(value) else None
    elif kind is dict and _are(value, str):
        members = list(value.values())
        found = "dict" if _are(members, int) else "dicts" if _are_lists(members) else None
    elif kind is tuple and len(value) == 2 and type(value[0]) is int and _are_lists(value[1:]):
        found = "pair"
    elif isinstance(value, _ITERATORS):
        found = "iterator"
    elif type(getattr(value, "n", None)) is int and _are_lists([value.items]):
        found = "object"
    return found


def _are(values: Iterable[Any], kind: type) -> bool:
    return all(type(each) is kind for each in values)


def _are_lists(values: Iterable[Any]) -> bool:
    return all(type(each) is list and _are(each, int) for each in values)


@dataclass
class _Scope:
    """What can be named at some place of a program.

    Attributes:
        kinds: Kinds of the variables that can be read.
        written: Those that can be assigned.
        functions: Parameters and result of functions, by their names.
        classes: Names of classes.
        depth: How many compound statements and functions are around.
        prefix: What names of new variables begin with.
        in_loop: Whether ``break`` and ``continue`` may stand here.
    """

    kinds: dict[str, str] = field(default_factory=dict)
    written: set[str] = field(default_factory=set)
    functions: dict[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    classes: list[str] = field(default_factory=list)
    depth: int = 0
    prefix: str = "v"
    in_loop: bool = False

    def inner(self, **changes: Any) -> _Scope:
        """Returns the scope of a block in this one."""
        scope = copy.copy(self)
        scope.kinds, scope.written = dict(self.kinds), set(self.written)
        scope.functions = dict(self.functions)
        scope.depth += 1
        for name, value in changes.items():
            setattr(scope, name, value)
        return scope


class _Writer:
    """Writes one program."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - for tests
        self.scope = _Scope()
        self.namespace: dict[str, Any] = {"__name__": "__main__"}
        self.written: list[str] = []

    def program(self, size: int) -> str:
        """Returns a program of about so many top-level statements."""
        with contextlib.redirect_stdout(io.StringIO()):
            if self.random.random() < 0.3:
                self.add(_MANAGER)
            for _ in range(size):
                self.add(self.statement(self.scope))
        return "".join(self.written)

    def add(self, text: str) -> None:
        """Run a statement, and keep it if it doesn't raise."""
        functions = dict(self.scope.functions)
        try:
            with _limited():  # of a loop that never ends
                exec(compile(text, "<program>", "exec"), self.namespace)  # noqa: S102 - ours
        except (Exception, _SlowError):  # noqa: BLE001 - whatever it is, others are tried
            # What it did before it raised is undone.
            self.scope.functions = functions
            self.namespace = {"__name__": "__main__"}
            exec("".join(self.written), self.namespace)  # noqa: S102 - ours
            return
        self.written.append(text)
        scope = self.scope
        scope.kinds = {}
        for name, value in self.namespace.items():
            # What begins with "w" counts the rounds of a loop, which would not end.
            if not name.startswith(("__", "w")) and (kind := _kind(value)) is not None:
                scope.kinds[name] = kind
        scope.written = set(scope.kinds)
        scope.classes = [
            name
            for name, value in self.namespace.items()
            if isinstance(value, type) and name != "Manager"
        ]
        scope.functions = {
            name: signature
            for name, signature in scope.functions.items()
            if callable(self.namespace.get(name))
        }

    # ------------------------------------------------------------------------------- choices

    def one(self, options: Sequence[Any]) -> Any:
        """Returns one of some things."""
        return options[int(self.random.random() * len(options))]

    def chance(self, probability: float) -> bool:
        """Whether something is done."""
        return self.random.random() < probability

    def pick(self, *options: tuple[int, bool, Option]) -> str:
        """Returns what one of the options writes that are possible, by their weights."""
        possible = [(weight, option) for weight, condition, option in options if condition]
        weights, writers = zip(*possible, strict=True)
        return str(self.random.choices(writers, weights)[0]())

    def kind(self) -> str:
        """Returns any kind of value."""
        return self.random.choices(KINDS, _WEIGHTS)[0]

    def name(self, scope: _Scope, kind: str) -> str:
        """Returns a variable that holds a kind of value, which there must be."""
        return str(self.one([name for name, found in scope.kinds.items() if found == kind]))

    def target(self, scope: _Scope, kind: str) -> str:
        """Returns a variable for a value: a new one, or one that is replaced."""
        # In a block, a variable keeps its kind: after it, either value may be there.
        known = [
            name
            for name in sorted(scope.written)
            if scope.kinds.get(name) == kind or (not scope.depth and self.chance(0.3))
        ]
        if known and self.chance(0.45):
            return str(self.one(known))
        for number in itertools.count():
            name = f"{scope.prefix}{number}"
            if name not in scope.kinds and name not in self.namespace:
                return name
        raise AssertionError

    def bind(self, scope: _Scope, name: str, kind: str) -> None:
        """Note that a variable has a value."""
        scope.kinds[name] = kind
        scope.written.add(name)

    # --------------------------------------------------------------------------- expressions

    def value(self, scope: _Scope, kind: str, depth: int = 0) -> str:
        """Returns an expression of a kind."""
        if kind in scope.kinds.values() and self.chance(0.3 + 0.3 * depth):
            return self.name(scope, kind)
        writer: Callable[[_Scope, int], str] = getattr(self, f"_{kind}")
        return writer(scope, depth + 1)

    def has(self, scope: _Scope, kind: str) -> bool:
        """Whether a variable holds a kind of value."""
        return kind in scope.kinds.values()

    def key(self) -> str:
        """Returns a key of mappings, as it is written."""
        return repr(self.one(_KEYS))

    def call(self, scope: _Scope, result: str, depth: int) -> str:
        """Returns a call of a function with a result of some kind."""
        names = [name for name, (_, kind) in scope.functions.items() if kind == result]
        name = self.one(names)
        parameters, _ = scope.functions[name]
        given = [self.value(scope, kind, depth + 1) for kind in parameters]
        return f"{name}({', '.join(given)})"

    def calls(self, scope: _Scope, result: str) -> bool:
        """Whether there is a function to call, at a place from which that ends soon."""
        return scope.depth < 3 and any(kind == result for _, kind in scope.functions.values())

    def test(self, scope: _Scope) -> str:
        """Returns a condition."""
        left, right = self.value(scope, "int", 1), self.value(scope, "int", 2)
        some = self.one([kind for kind in ("list", "dict", "set") if self.has(scope, kind)] or [""])
        return self.pick(
            (4, True, lambda: f"{left} {self.one(['<', '>', '==', '!=', '>='])} {right}"),
            (2, True, lambda: f"{left} % 2 == {self.one([0, 1])}"),
            (1, bool(some), lambda: f"{self.name(scope, some)}"),
            (1, bool(some), lambda: f"not {self.name(scope, some)}"),
            (1, self.has(scope, "list"), lambda: f"{left} in {self.name(scope, 'list')}"),
            (1, self.has(scope, "dict"), lambda: f"{self.key()} in {self.name(scope, 'dict')}"),
            (1, self.has(scope, "iterator"), lambda: f"3 in {self.name(scope, 'iterator')}"),
            (1, True, lambda: f"{left} > 1 and {right} < 5"),
        )

    def _int(self, scope: _Scope, depth: int) -> str:
        literal = str(self.random.randrange(10))
        if depth > 3:
            return literal
        has, name = self.has, self.name

        def sub(kind: str = "int") -> str:
            return self.value(scope, kind, depth)

        def walrus() -> str:
            inner = sub()
            target = self.target(scope, "int")
            self.bind(scope, target, "int")
            return f"({target} := {inner})"

        def either() -> str:
            test = self.test(scope)
            return f"({sub()} if {test} else {sub()})"

        def popped() -> str:
            xs = name(scope, "list")
            return f"({xs}.pop() if {xs} else {literal})"

        def last() -> str:
            xs = name(scope, "list")
            return f"({xs}[-1] if {xs} else {literal})"

        return self.pick(
            (4, True, lambda: literal),
            (4, True, lambda: f"({sub()} {self.one('+-')} {sub()})"),
            (2, True, lambda: f"{sub()} * {literal} % 97"),
            (2, has(scope, "list"), lambda: f"len({name(scope, 'list')})"),
            (2, has(scope, "list"), lambda: f"sum({name(scope, 'list')})"),
            (2, has(scope, "list"), last),
            (1, has(scope, "list"), popped),
            (1, has(scope, "dict"), lambda: f"{name(scope, 'dict')}.get({self.key()}, 0)"),
            (1, has(scope, "dict"), lambda: f"{name(scope, 'dict')}.setdefault({self.key()}, 3)"),
            (1, has(scope, "dict"), lambda: f"sum({name(scope, 'dict')}.values())"),
            (1, has(scope, "dicts"), lambda: f"len({name(scope, 'dicts')})"),
            (1, has(scope, "set"), lambda: f"len({name(scope, 'set')})"),
            (1, has(scope, "pair"), lambda: f"{name(scope, 'pair')}[0]"),
            (1, has(scope, "str"), lambda: f"len({name(scope, 'str')})"),
            (2, has(scope, "object"), lambda: f"{name(scope, 'object')}.n"),
            (1, has(scope, "object"), lambda: f"{name(scope, 'object')}.method({sub()})"),
            (1, has(scope, "object"), lambda: f"{name(scope, 'object')}.other({sub()})"),
            (1, bool(scope.classes), lambda: f"{self.one(scope.classes)}.count"),
            (2, has(scope, "iterator"), lambda: f"next({name(scope, 'iterator')}, {literal})"),
            (3, self.calls(scope, "int"), lambda: self.call(scope, "int", depth)),
            (1, True, lambda: f"(lambda q: q + {sub()})({literal})"),
            (1, True, either),
            (1, True, walrus),
        )

    def _str(self, scope: _Scope, depth: int) -> str:
        literal = repr(self.one(["x", "yy", "", "zip"]))
        has = self.has(scope, "str")
        return self.pick(
            (2, True, lambda: literal),
            # Of a number: a text of anything else may have an address in it.
            (2, True, lambda: f"f'{{+({self.value(scope, 'int', depth + 2)})}}'"),
            (1, has, lambda: f"{self.name(scope, 'str')}.upper()"),
            (1, has, lambda: f"({self.name(scope, 'str')} + {literal})[:9]"),
            (1, True, lambda: f"str(+({self.value(scope, 'int', depth)}))"),
        )

    def _list(self, scope: _Scope, depth: int) -> str:
        def number() -> str:
            return self.value(scope, "int", depth + 1)

        def literal() -> str:
            return f"[{', '.join(number() for _ in range(self.random.randrange(4)))}]"

        if depth > 3:
            return literal()
        has, name = self.has, self.name

        def sub() -> str:
            return self.value(scope, "list", depth)

        def member() -> str:
            xs = name(scope, "lists")
            return f"({xs}[{self.one([0, -1])}] if {xs} else {literal()})"

        def comprehension() -> str:
            inner = scope.inner(depth=scope.depth)
            inner.kinds["q"] = "int"
            # A walrus would bind what is to be read after it.
            kept = set(inner.kinds)
            # Of a part: what is called for each may make the list longer.
            text = f"[{self.value(inner, 'int', depth + 1)} for q in {sub()}[:4]]"
            return text if set(inner.kinds) == kept else literal()

        def either() -> str:
            test = self.test(scope)
            return f"({sub()} if {test} else {sub()})"

        return self.pick(
            (4, True, literal),
            (2, has(scope, "list"), lambda: f"{name(scope, 'list')}[:]"),
            (1, has(scope, "list"), lambda: f"sorted({name(scope, 'list')})"),
            (1, True, lambda: f"list({sub()})"),
            (1, True, lambda: f"({sub()} + {sub()})[:5]"),
            (1, True, lambda: f"[*{sub()}, {number()}][-5:]"),
            (1, True, lambda: f"[q for q in {sub()} if q {self.one('<>')} {number()}]"),
            (2, True, comprehension),
            (1, True, lambda: f"list(map(lambda q: q + 1, {sub()}))"),
            (1, True, either),
            (1, has(scope, "list"), lambda: f"({name(scope, 'list')} or {literal()})"),
            (2, has(scope, "lists"), member),
            (2, has(scope, "dicts"), lambda: f"{name(scope, 'dicts')}.get({self.key()}, {sub()})"),
            (
                1,
                has(scope, "dicts"),
                lambda: f"{name(scope, 'dicts')}.setdefault({self.key()}, [])",
            ),
            (1, has(scope, "dict"), lambda: f"list({name(scope, 'dict')}.values())"),
            (1, has(scope, "set"), lambda: f"sorted({name(scope, 'set')})"),
            (2, has(scope, "pair"), lambda: f"{name(scope, 'pair')}[1]"),
            (3, has(scope, "object"), lambda: f"{name(scope, 'object')}.items"),
            (1, bool(scope.classes), lambda: f"{self.one(scope.classes)}.shared"),
            (2, has(scope, "iterator"), lambda: f"list({name(scope, 'iterator')})"),
            (3, self.calls(scope, "list"), lambda: self.call(scope, "list", depth)),
        )

    def _lists(self, scope: _Scope, depth: int) -> str:
        def sub() -> str:
            return self.value(scope, "list", depth + 1)

        has, name = self.has, self.name
        return self.pick(
            (4, True, lambda: f"[{sub()}, {sub()}]"),
            (1, True, lambda: f"[{sub()}] * 2"),
            (1, True, lambda: f"[[q] for q in {sub()}]"),
            (1, has(scope, "lists"), lambda: f"{name(scope, 'lists')}[:]"),
            (1, has(scope, "lists"), lambda: f"[q[:] for q in {name(scope, 'lists')}]"),
            (1, has(scope, "lists"), lambda: f"sorted({name(scope, 'lists')}, key=len)"),
            (1, has(scope, "dicts"), lambda: f"list({name(scope, 'dicts')}.values())"),
            (1, has(scope, "object"), lambda: f"[{name(scope, 'object')}.items]"),
        )

    def _dict(self, scope: _Scope, depth: int) -> str:
        def number() -> str:
            return self.value(scope, "int", depth + 1)

        def name() -> str:
            return self.name(scope, "dict")

        xs = self.value(scope, "list", depth + 1)
        has = self.has(scope, "dict")  # after that, which may give the last one another value
        return self.pick(
            (4, True, lambda: f"{{{self.key()}: {number()}, {self.key()}: {number()}}}"),
            (1, has, lambda: f"dict({name()})"),
            (1, has, lambda: f"{{**{name()}, {self.key()}: {number()}}}"),
            (1, has, lambda: f"{name()} | {{{self.key()}: {number()}}}"),
            (1, True, lambda: f"dict(zip('abc', {xs}))"),
            (1, True, lambda: f"{{str(q % 3): q for q in {xs}}}"),
        )

    def _dicts(self, scope: _Scope, depth: int) -> str:
        def sub() -> str:
            return self.value(scope, "list", depth + 1)

        def name() -> str:
            return self.name(scope, "dicts")

        has = self.has(scope, "dicts")
        return self.pick(
            (4, True, lambda: f"{{'a': {sub()}, {self.key()}: {sub()}}}"),
            (1, has, lambda: f"dict({name()})"),
            (1, has, lambda: f"{{q: {name()}[q][:] for q in {name()} if q == 'a'}}"),
            (1, True, lambda: f"dict.fromkeys('ab', {sub()})"),
        )

    def _set(self, scope: _Scope, depth: int) -> str:
        has = self.has(scope, "set")
        return self.pick(
            (3, True, lambda: f"{{{self.value(scope, 'int', depth)}, 1}}"),
            (2, True, lambda: f"set({self.value(scope, 'list', depth)})"),
            (1, has, lambda: f"{self.name(scope, 'set')} | {{7}}"),
        )

    def _pair(self, scope: _Scope, depth: int) -> str:
        return f"({self.value(scope, 'int', depth)}, {self.value(scope, 'list', depth)})"

    def _object(self, scope: _Scope, depth: int) -> str:
        if not scope.classes:
            return self._pair(scope, depth)
        number = self.value(scope, "int", depth + 1)
        return self.pick(
            (3, True, lambda: f"{self.one(scope.classes)}({number})"),
            (
                3,
                True,
                lambda: f"{self.one(scope.classes)}(1, {self.value(scope, 'list', depth)})",
            ),
            (1, self.has(scope, "object"), lambda: f"{self.name(scope, 'object')}.itself()"),
        )

    def _iterator(self, scope: _Scope, depth: int) -> str:
        xs = self.value(scope, "list", depth + 1)
        number = self.value(scope, "int", depth + 2)
        return self.pick(
            (3, True, lambda: f"iter({xs})"),
            (2, True, lambda: f"(q + {number} for q in {xs}[:4])"),
            (1, True, lambda: f"map(lambda q: q * 2, {xs})"),
            (1, True, lambda: f"filter(lambda q: q > {number}, {xs}[:4])"),
            (1, True, lambda: f"reversed({xs})"),
            (2, self.calls(scope, "iterator"), lambda: self.call(scope, "iterator", depth)),
        )

    # ---------------------------------------------------------------------------- statements

    def block(self, scope: _Scope, size: int) -> str:
        """Returns some statements, indented."""
        text = "".join(self.statement(scope) for _ in range(1 + self.random.randrange(size)))
        return _indented(text)

    def statement(self, scope: _Scope) -> str:
        """Returns one statement, compound or not."""
        outer = scope.depth == 0
        more = scope.depth < 3
        return self.pick(
            (14, True, lambda: self.assignment(scope)),
            (14, True, lambda: self.mutation(scope)),
            (4, True, lambda: self.augmented(scope)),
            (4, True, lambda: self.unpacking(scope)),
            (3, True, lambda: f"print({self.value(scope, self.kind())})\n"),
            (3, True, lambda: self.expression(scope)),
            (2, outer, lambda: self.deletion(scope)),
            (4, more, lambda: self.branch(scope)),
            (5, more, lambda: self.loop(scope)),
            (1, more, lambda: self.while_loop(scope)),
            (2, more, lambda: self.attempt(scope)),
            (1, more, lambda: self.matching(scope)),
            (1, more and "Manager" in self.namespace, lambda: self.managed(scope)),
            (5, outer, lambda: self.function(scope)),
            (2, outer, lambda: self.closure(scope)),
            (1, outer, lambda: self.generator(scope)),
            (3, outer and len(scope.classes) < 3, lambda: self.new_class(scope)),
            (1, outer and bool(scope.classes), lambda: self.patch(scope)),
            (1, outer and bool(scope.functions), lambda: self.function_alias(scope)),
            (2, scope.in_loop, lambda: self.jump(scope)),
        )

    def assignment(self, scope: _Scope) -> str:
        """Returns an assignment to one variable, or several in a chain."""
        kind = self.kind()
        value = self.value(scope, kind)
        if kind == "object" and not scope.classes:
            kind = "pair"
        names = [self.target(scope, kind)]
        self.bind(scope, names[0], kind)
        if self.chance(0.1):
            names.append(self.target(scope, kind))
            self.bind(scope, names[1], kind)
        return " = ".join([*names, value]) + "\n"

    def augmented(self, scope: _Scope) -> str:
        """Returns an augmented assignment, which changes a list in place."""
        written = {name: kind for name, kind in scope.kinds.items() if name in scope.written}
        changes = {
            "int": "{} {}= " + self.value(scope, "int", 1),
            "list": "{} += [" + self.value(scope, "int", 1) + "]",
            "set": "{} |= {{" + self.value(scope, "int", 1) + "}}",
            "dict": "{} |= {{" + self.key() + ": " + self.value(scope, "int", 1) + "}}",
            "object": "{}.n += " + self.value(scope, "int", 1),
        }
        possible = [name for name, kind in written.items() if kind in changes]
        if not possible:
            return self.assignment(scope)
        name = self.one(possible)
        return changes[written[name]].format(name, self.one("+-")) + "\n"

    def unpacking(self, scope: _Scope) -> str:
        """Returns an assignment with several targets."""

        def new(kind: str) -> str:
            name = self.target(scope, kind)
            self.bind(scope, name, kind)
            return name

        def both() -> str:
            one, two = self.kind(), self.kind()
            values = [self.value(scope, kind) for kind in (one, two)]
            if not scope.classes:
                one, two = (kind.replace("object", "pair") for kind in (one, two))
            return f"{new(one)}, {new(two)} = {', '.join(values)}\n"

        def swap() -> str:
            kinds = [kind for name, kind in scope.kinds.items() if name in scope.written]
            kind = self.one([kind for kind in kinds if kinds.count(kind) > 1])
            names = [n for n, k in scope.kinds.items() if k == kind and n in scope.written]
            one, two = self.random.sample(names, 2)
            return f"{one}, {two} = {two}, {one}\n"

        def starred() -> str:
            value = f"{self.value(scope, 'int')}, *{self.value(scope, 'list')}"
            return f"{new('int')}, *{new('list')} = {value}\n"

        def nested() -> str:
            pair, number = self.value(scope, "pair"), self.value(scope, "int")
            return f"{new('int')}, ({new('int')}, {new('list')}) = {number}, {pair}\n"

        def pair() -> str:
            value = self.value(scope, "pair")
            return f"{new('int')}, {new('list')} = {value}\n"

        def item() -> str:
            mapping = self.name(scope, "dict")
            values = f"{self.value(scope, 'int')}, {self.value(scope, 'int')}"
            return f"{mapping}[{self.key()}], {new('int')} = {values}\n"

        known = [kind for name, kind in scope.kinds.items() if name in scope.written]
        return self.pick(
            (2, True, both),
            (4, len(set(known)) < len(known), swap),
            (2, True, starred),
            (1, True, nested),
            (2, True, pair),
            (1, self.has(scope, "dict"), item),
        )

    def mutation(self, scope: _Scope) -> str:
        """Returns a statement that changes an object in place."""
        number = self.value(scope, "int", 1)
        kinds = ("list", "lists", "dict", "dicts", "set", "pair", "object")
        found = [name for name, kind in scope.kinds.items() if kind in kinds]
        if not found:
            return self.assignment(scope)
        x = self.one(found)
        kind, key = scope.kinds[x], self.key()
        xs = self.value(scope, "list", 1)
        texts = {
            "list": (
                f"{x}.append({number})",
                f"{x}.append({number})",
                f"{x}.extend([{number}, 2])",
                f"{x}.insert(0, {number})",
                f"{x}.reverse()",
                f"{x}.sort()",
                f"{x}[:1] = [{number}]",
                f"{x}[len({x}):] = [{number}]",
                f"del {x}[1:2]",
                f"if {x}:\n    {x}[0] = {number}",
                f"if {x}:\n    {x}.pop()",
                f"if {x}:\n    {x}[-1] += {number}",
                f"{x}.clear()",
                f"[{x}.append(q) for q in range(2)]",
                f"list.append({x}, {number})",
            ),
            "lists": (
                f"{x}.append({xs})",
                f"if {x}:\n    {x}[0].append({number})",
                f"if {x}:\n    {x}[-1] = {xs}",
                f"for q in {x}:\n    q.append({number})",
                f"for q in {x}:\n    q[:1] = [{number}]",
                f"{x}.reverse()",
                f"if {x}:\n    {x}.pop(0)",
                f"if {x} and {x}[0]:\n    {x}[0][0] = {number}",
            ),
            "dict": (
                f"{x}[{key}] = {number}",
                f"{x}[{key}] = {x}.get({key}, 0) + {number}",
                f"{x}.update(b={number})",
                f"{x}.pop({key}, None)",
                f"if {key} in {x}:\n    del {x}[{key}]",
                f"if {key} in {x}:\n    {x}[{key}] += 1",
            ),
            "dicts": (
                f"{x}[{key}] = {xs}",
                f"{x}.setdefault({key}, []).append({number})",
                f"for q in {x}.values():\n    q.append({number})",
                f"for q, r in {x}.items():\n    r.append(len(q))",
                f"{x}.pop({key}, None)",
                f"if {key} in {x}:\n    {x}[{key}].append({number})",
            ),
            "set": (f"{x}.add({number})", f"{x}.discard({number})"),
            "pair": (f"{x}[1].append({number})", f"{x}[1][:1] = [{number}]"),
            "object": (
                f"{x}.n = {number}",
                f"{x}.items.append({number})",
                f"{x}.items = {xs}",
                f"{x}.method({number})",
                f"{x}.other({number})",
                f"{x}.shared.append({number})",
                f"{x}.itself().n += 1",
                f"setattr({x}, 'n', {number})",
                f"type({x}).count += 1",
            ),
        }
        return str(self.one(texts[kind])) + "\n"

    def expression(self, scope: _Scope) -> str:
        """Returns a statement that throws its value away."""
        results = [kind for _, kind in scope.functions.values() if self.calls(scope, kind)]
        if results and self.chance(0.7):
            return self.call(scope, self.one(results), 1) + "\n"
        return self.value(scope, self.one(["int", "list"])) + "\n"

    def deletion(self, scope: _Scope) -> str:
        """Returns what removes a variable."""
        if len(scope.written) < 4:
            return self.assignment(scope)
        return f"del {self.one(sorted(scope.written))}\n"

    def branch(self, scope: _Scope) -> str:
        """Returns an ``if``, with or without others."""
        text = f"if {self.test(scope)}:\n{self.block(scope.inner(), 2)}"
        if self.chance(0.25):
            text += f"elif {self.test(scope.inner())}:\n{self.block(scope.inner(), 2)}"
        if self.chance(0.5):
            text += f"else:\n{self.block(scope.inner(), 2)}"
        return text

    def loop(self, scope: _Scope) -> str:
        """Returns a loop over something that doesn't grow."""
        inner = scope.inner(in_loop=True)
        xs = self.value(scope, "list", 1)
        variable = self.target(scope, "int")

        def numbers(iterable: str) -> str:
            self.bind(inner, variable, "int")
            return f"for {variable} in {iterable}:\n"

        def two(iterable: str) -> str:
            self.bind(inner, variable, "int")
            other = self.target(inner, "int")
            self.bind(inner, other, "int")
            return f"for {variable}, {other} in {iterable}:\n"

        def member() -> str:
            name = self.target(scope, "list")
            self.bind(inner, name, "list")
            return f"for {name} in {self.name(scope, 'lists')}[:3]:\n"

        def items() -> str:
            name = self.target(scope, "str")
            self.bind(inner, name, "str")
            mapping = self.name(scope, "dict")
            variable = self.target(inner, "int")
            self.bind(inner, variable, "int")
            return f"for {name}, {variable} in list({mapping}.items()):\n"

        head = self.pick(
            (4, True, lambda: numbers(f"range({self.one([0, 1, 2, 3])})")),
            (4, True, lambda: numbers(f"{xs}[:3]")),
            (1, True, lambda: two(f"enumerate({xs}[:3])")),
            (1, True, lambda: two(f"zip({xs}[:3], {self.value(scope, 'list', 1)})")),
            (
                1,
                self.has(scope, "iterator"),
                lambda: two(f"zip(range(2), {self.name(scope, 'iterator')})"),
            ),
            (2, self.has(scope, "lists"), member),
            (1, self.has(scope, "dict"), items),
        )
        text = head + self.block(inner, 3)
        if self.chance(0.2):
            text += f"else:\n{self.block(scope.inner(), 1)}"
        return text

    def while_loop(self, scope: _Scope) -> str:
        """Returns a loop that counts what nothing else changes."""
        counter = f"w{scope.depth}"
        inner = scope.inner(in_loop=True)
        test = f"{counter} < 3" + (f" and {self.test(scope)}" if self.chance(0.4) else "")
        text = f"{counter} = 0\nwhile {test}:\n    {counter} += 1\n{self.block(inner, 3)}"
        if self.chance(0.2):
            text += f"else:\n{self.block(scope.inner(), 1)}"
        return text

    def jump(self, scope: _Scope) -> str:
        """Returns a way out of a loop's body."""
        return f"if {self.test(scope)}:\n    {self.one(['break', 'continue'])}\n"

    def attempt(self, scope: _Scope) -> str:
        """Returns a ``try``, with or without something that raises."""
        failing = self.one(
            [
                f"{self.value(scope, 'int', 1)} // ({self.value(scope, 'int', 1)} % 2)",
                "raise ValueError(1)",
                f"if {self.test(scope)}:\n    raise KeyError(2)",
                f"{self.value(scope, 'list', 1)}[3]",
                "int('7')",
            ]
        )
        before = self.block(scope.inner(), 2)
        after = self.block(scope.inner(), 1) if self.chance(0.6) else ""
        errors = self.one(["(ValueError, LookupError, ZeroDivisionError)", "Exception as e"])
        text = f"try:\n{before}{_indented(failing)}{after}"
        text += f"except {errors}:\n{self.block(scope.inner(), 2)}"
        if self.chance(0.3):
            text += f"else:\n{self.block(scope.inner(), 1)}"
        if self.chance(0.3):
            text += f"finally:\n{self.block(scope.inner(in_loop=False), 1)}"
        return text

    def matching(self, scope: _Scope) -> str:
        """Returns a ``match`` of a list."""
        one, two = scope.inner(), scope.inner()
        name, rest = self.target(scope, "int"), self.target(scope, "list")
        self.bind(one, name, "int")
        if rest != name:
            self.bind(one, rest, "list")
        star = rest if rest != name else "_"
        return (
            f"match {self.value(scope, 'list')}:\n"
            f"    case [{name}, *{star}]{' if ' + name + ' > 2' if self.chance(0.3) else ''}:\n"
            f"{_indented(self.block(one, 2))}"
            f"    case _:\n{_indented(self.block(two, 1))}"
        )

    def managed(self, scope: _Scope) -> str:
        """Returns a ``with`` that changes a list, and swallows an error."""
        inner = scope.inner()
        name = self.target(scope, "list")
        text = f"with Manager({self.value(scope, 'list')}) as {name}:\n"
        self.bind(inner, name, "list")
        text += self.block(inner, 2)
        if self.chance(0.3):
            text += _indented(f"if {self.test(inner)}:\n    raise ValueError(3)\n")
            text += self.block(inner, 1)
        return text

    # --------------------------------------------------------------- functions and classes

    def function(self, scope: _Scope) -> str:
        """Returns a function, which may replace one; it is called by what is written later."""
        name = f"f{self.random.randrange(4)}"
        parameters = tuple(self.one(["int", "list", "list", "object"]) for _ in range(2))
        parameters = parameters[: self.random.randrange(3)]
        if not scope.classes:
            parameters = tuple(kind.replace("object", "list") for kind in parameters)
        result = self.one(["int", "list"])
        inner = scope.inner(prefix="k", written=set(), functions={**scope.functions}, in_loop=False)
        inner.functions.pop(name, None)
        inner.kinds.update({f"p{n}": kind for n, kind in enumerate(parameters)})
        inner.written.update(f"p{n}" for n in range(len(parameters)))
        head = [f"p{n}" for n in range(len(parameters))]
        inputs = parameters
        if self.chance(0.2):
            default = self.one(["list", "int"])
            head.append(f"p{len(head)}={self.value(scope, default, 1)}")
            inner.kinds[f"p{len(head) - 1}"] = default
            inner.written.add(f"p{len(head) - 1}")
            if self.chance(0.2):
                inputs = (*parameters, default)
        text = f"def {name}({', '.join(head)}):\n"
        outside = sorted(scope.written)
        if outside and self.chance(0.4):
            chosen = self.random.sample(outside, min(len(outside), 2))
            text += f"    global {', '.join(chosen)}\n"
            inner.written.update(chosen)
        text += self.block(inner, 3)
        text += f"    return {self.value(inner, result)}\n"
        scope.functions[name] = (inputs, result)
        return text

    def generator(self, scope: _Scope) -> str:
        """Returns a generator function."""
        name = f"g{self.random.randrange(2)}"
        inner = scope.inner(prefix="k", written=set(), in_loop=False)
        inner.kinds.update(p0="list", q="int")
        inner.functions.pop(name, None)
        text = f"def {name}(p0):\n    for q in p0[:3]:\n"
        text += _indented(self.block(inner, 2))
        text += f"        yield {self.value(inner, 'int', 1)}\n"
        scope.functions[name] = (("list",), "iterator")
        return text

    def closure(self, scope: _Scope) -> str:
        """Returns a function with state of its own, a lambda, or a method that is kept."""
        maker, name = f"m{self.random.randrange(2)}", f"h{self.random.randrange(3)}"
        number, xs = self.value(scope, "int", 1), self.value(scope, "list", 1)
        body = self.one(
            [
                "nonlocal n\n        n += q\n        return n",
                "items.append(q)\n        return len(items) + n",
                "nonlocal n\n        n, items[:1] = q, [n]\n        return sum(items)",
                "return n + q + sum(items)",
            ]
        )
        closure = (
            f"def {maker}(n, items):\n    def inner(q=1):\n        {body}\n\n    return inner\n\n"
            f"{name} = {maker}({number}, {xs})\n"
        )
        texts = [
            (closure, (("int",), "int")),
            (f"{name} = lambda q=2: q + {number}\n", (("int",), "int")),
            (f"{name} = lambda q: {xs}\n", (("int",), "list")),
        ]
        if self.has(scope, "list"):
            texts.append(
                (f"{name} = {self.name(scope, 'list')}.append\n", (("int",), "nothing")),
            )
        if self.has(scope, "object"):
            method = self.one(["method", "other"])
            texts.append((f"{name} = {self.name(scope, 'object')}.{method}\n", (("int",), "int")))
        text, signature = self.one(texts)
        scope.functions[name] = signature
        return str(text)

    def function_alias(self, scope: _Scope) -> str:
        """Returns another name for a function."""
        name, other = f"h{self.random.randrange(3)}", self.one(sorted(scope.functions))
        scope.functions[name] = scope.functions[other]
        return f"{name} = {other}\n"

    def new_class(self, scope: _Scope) -> str:
        """Returns a class, alone or derived from another."""
        name = f"C{self.random.randrange(3)}"
        bases = [each for each in scope.classes if each != name]
        base = self.one(bases) if bases and self.chance(0.5) else ""

        def action() -> str:
            outside = [n for n, kind in scope.kinds.items() if kind == "list"]
            texts = [
                "self.n += q",
                "self.items.append(q)",
                "self.items = [*self.items, q]",
                "type(self).count += 1",
                "self.count += q",
                "self.shared.append(q)",
                "print(q)",
                *[f"{each}.append(q)" for each in outside[:2]],
            ]
            return str(self.one(texts))

        def method(name: str, first: str) -> str:
            result = self.one(["self.n", "len(self.items)", "q", "self.count"])
            return f"def {name}(self, q=1):\n    {first}\n    {action()}\n    return {result}\n"

        members = []
        if not base or self.chance(0.4):
            # Without these, they are those of the other class.
            members.append(f"count = {self.value(scope, 'int', 2)}\n")
            members.append(f"shared = {self.value(scope, 'list', 1)}\n")
        if not base:
            keep = self.one(["list(items)", "items"])
            counted = "    type(self).count += 1\n" if self.chance(0.4) else ""
            members.append(
                "def __init__(self, n=0, items=()):\n"
                f"    self.n = n\n    self.items = {keep} if items else []\n{counted}"
            )
            members.append("def itself(self):\n    return self\n")
        first = f"super().method({self.one(['q', '1'])})" if base else action()
        members.append(method("method", first))
        if not base or self.chance(0.3):
            members.append(method("other", action()))
        return f"class {name}{f'({base})' if base else ''}:\n" + _indented("".join(members))

    def patch(self, scope: _Scope) -> str:
        """Returns a change of a class that may have instances."""
        name = self.one(scope.classes)
        number = self.value(scope, "int", 1)
        return str(
            self.one(
                [
                    f"{name}.other = lambda self, q=1: self.n + q\n",
                    f"{name}.count = {number}\n",
                    f"{name}.shared = {self.value(scope, 'list', 1)}\n",
                    f"{name}.shared.append({number})\n",
                    f"{name}.method = {name}.other\n",
                ]
            )
        )


def _indented(text: str) -> str:
    lines = text.rstrip("\n").split("\n")
    return "".join(f"{_INDENT}{line}\n" if line else "\n" for line in lines)


def generate(seed: int, size: int = 25) -> str:
    """Return the program that a seed makes, of about so many top-level statements."""
    return _Writer(seed).program(size)


def programs() -> st.SearchStrategy[str]:
    """Programs; small ones are the simpler ones."""
    return st.builds(generate, seed=st.integers(0, 2**32 - 1), size=st.integers(2, 40))


# --------------------------------------------------------------------------------- the checking


@dataclass(frozen=True)
class Failure:
    """A slice of a program that is not right.

    Attributes:
        source: The program.
        target: The variable.
        status: ``wrong``, ``raised``, ``slicer raised`` or ``slow``.
        detail: The differences, or the traceback.
        text: The slice, if there is one.
    """

    source: str
    target: str
    status: str
    detail: str
    text: str = ""

    def __str__(self) -> str:
        """Returns all that there is to know."""
        return (
            f"{self.status}: {self.target}\n{self.detail}\n"
            f"--- program ---\n{self.source}\n--- slice ---\n{self.text}"
        )


def run(source: str) -> dict[str, Any]:
    """Run a program, and return its variables."""
    namespace: dict[str, Any] = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(source, "<program>", "exec"), namespace)  # noqa: S102 - ours
    return namespace


def variables(namespace: dict[str, Any]) -> list[str]:
    """Return the names of the variables that a program has at its end."""
    return [name for name in namespace if not name.startswith("__")]


def failures(source: str, slicer: Slicer = slice_of) -> Iterator[Failure]:
    """Yield what is not right about the slices of a program, one for each variable."""
    whole = run(source)
    for target in variables(whole):
        failure = check_target(source, target, slicer, whole)
        if failure:
            yield failure


def check_target(
    source: str, target: str, slicer: Slicer = slice_of, whole: dict[str, Any] | None = None
) -> Failure | None:
    """Return what is not right about one slice.

    Args:
        source: The program.
        target: The variable.
        slicer: What makes the slice.
        whole: The variables of the program that has been run.
    """
    if whole is None:
        whole = run(source)
    try:
        with _limited():
            text = slicer(source, target)
    except _SlowError:
        return Failure(source, target, "slow", traceback.format_exc())
    except Exception:  # noqa: BLE001 - whatever it is, is the result
        return Failure(source, target, "slicer raised", traceback.format_exc())
    try:
        with _limited():
            part = run(text)
    except (Exception, _SlowError):  # noqa: BLE001 - whatever it is, is the result
        return Failure(source, target, "raised", traceback.format_exc(), text)
    if target not in part:
        return Failure(source, target, "wrong", f"NameError: {target}", text)
    ours, theirs = whole[target], part[target]
    if isinstance(ours, _ITERATORS) and type(ours) is type(theirs):
        # They are what they still give; which changes others, so that one is taken from a new run.
        ours, theirs = _left(run(source)[target]), _left(theirs)
    found = [str(each) for each in differences(ours, theirs) if not _is_opaque(each)]
    return Failure(source, target, "wrong", "\n".join(found), text) if found else None


def _is_opaque(difference: Difference) -> bool:
    """Whether it is of a generator, to which a function refers or which is in a set.

    What it will give can't be seen, and which one in a set is to be compared with which.
    """
    lone = {"missing": difference.left, "extra": difference.right}.get(difference.kind)
    return difference.kind == "opaque" or isinstance(lone, _ITERATORS)


def _left(iterator: Any) -> list[Any]:
    """What an iterator still gives, with what it raises at the end."""
    found: list[Any] = []
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            found.extend(itertools.islice(iterator, 100))
    except Exception as error:  # noqa: BLE001 - whatever it is, both raise it
        found.append(error)
    return found


class _SlowError(BaseException):
    """What runs takes too many seconds; no program catches it."""


@contextlib.contextmanager
def _limited() -> Iterator[None]:
    """Raise an error in what takes too many seconds of the processor, where that can be."""

    def stop(*_: object) -> None:
        raise _SlowError(f"more than {_LIMIT} s")

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    # Not the timer that the time limit of a test uses.
    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, _LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def minimized(failure: Failure, slicer: Slicer = slice_of) -> Failure:
    """Return the failure of the smallest program found that fails in the same way."""
    last = failure
    end = time.monotonic() + _PATIENCE

    def keeps(source: str) -> bool:
        nonlocal last
        if time.monotonic() > end:
            return False
        try:
            with _limited():
                whole = run(source)
        except (Exception, _SlowError):  # noqa: BLE001 - no program that runs
            return False
        if failure.target not in whole:
            return False
        found = check_target(source, failure.target, slicer, whole)
        if found and found.status == failure.status:
            last = found
            return True
        return False

    shrunk(failure.source, keeps, unwrap=True)
    return last


@dataclass
class Summary:
    """What came of many programs.

    Attributes:
        programs: How many.
        slices: How many.
        statements: In all programs.
        discarded: Programs that raised where they are run as a whole.
        failed: The first failures.
        counts: How many failures of each status.
    """

    programs: int = 0
    slices: int = 0
    statements: int = 0
    discarded: int = 0
    failed: list[Failure] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    def add(self, other: Summary) -> None:
        """Add what came of others."""
        self.programs += other.programs
        self.slices += other.slices
        self.statements += other.statements
        self.discarded += other.discarded
        self.failed += other.failed
        for status, count in other.counts.items():
            self.counts[status] = self.counts.get(status, 0) + count


def check(
    seeds: range,
    slicer: Slicer = slice_of,
    *,
    kept: int = 3,
    write: Callable[[int, int], str] = generate,
) -> Summary:
    """Return what comes of the programs of some seeds, with some of the failures.

    Args:
        seeds: Of the programs.
        slicer: What makes a slice.
        kept: How many failures.
        write: Returns the program of a seed, of about so many statements.
    """
    summary = Summary()
    for seed in seeds:
        source = write(seed, 5 + seed % 30)
        try:
            with _limited():
                whole = run(source)
        except (Exception, _SlowError):  # noqa: BLE001 - it depended on what an omitted statement left behind
            summary.discarded += 1
            continue
        summary.programs += 1
        summary.slices += len(variables(whole))
        summary.statements += count_statements(source)
        for failure in failures(source, slicer):
            summary.counts[failure.status] = summary.counts.get(failure.status, 0) + 1
            if len(summary.failed) < kept:
                summary.failed.append(failure)
    return summary


def check_all(
    arguments: Sequence[str] | None = None, write: Callable[[int, int], str] = generate
) -> None:
    """Slice many programs on two processes, and print what is wrong.

    Args:
        arguments: Of the command line.
        write: Returns the program of a seed, of about so many statements.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=1000, help="how many programs")
    parser.add_argument("--start", type=int, default=0, help="the first seed")
    parser.add_argument("--show", type=int, default=1, help="how many failures, minimized")
    options = parser.parse_args(arguments)
    started = time.perf_counter()
    seeds = range(options.start, options.start + options.count)
    parts = [seeds[first : first + 50] for first in range(0, len(seeds), 50)]
    say = sys.stdout.write
    total = Summary()
    with ProcessPoolExecutor(2) as pool:
        for number, summary in enumerate(pool.map(functools.partial(check, write=write), parts), 1):
            total.add(summary)
            for failure in summary.failed:  # in full, for the run may be stopped
                say(f"{failure}\n\n")
            if not number % 20:
                say(f"{total.programs} programs: {total.counts or 'all correct'}\n")
                sys.stdout.flush()
    for failure in sorted(total.failed, key=lambda each: len(each.source))[: options.show]:
        say(f"{minimized(failure)}\n\n")
    wrong = ", ".join(f"{count} {status}" for status, count in sorted(total.counts.items()))
    say(
        f"{total.programs} programs, {total.statements / max(total.programs, 1):.0f} statements"
        f" each, {total.discarded} discarded; {total.slices} slices: {wrong or 'all correct'},"
        f" in {time.perf_counter() - started:.0f} s\n"
    )


if __name__ == "__main__":
    check_all()
