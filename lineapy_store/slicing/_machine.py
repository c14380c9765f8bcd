"""The state of the analysis: names, objects, and which statement depends on which."""

from __future__ import annotations

import ast
import builtins
import contextlib
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lineapy_store.slicing._heap import (
    HAS_FREE_NAMES,
    NOTHING,
    Anything,
    Binding,
    Env,
    Obj,
    Value,
    is_array,
    is_table,
    joined,
    reachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from lineapy_store.slicing._bodies import Bodies
    from lineapy_store.slicing._library import Library
    from lineapy_store.slicing._program import Program, Scope

#: Kinds that are never changed by what may change everything that it can reach.
FIXED = frozenset({"function", "module", "lib", "text", "builtin", "bound", "class"})
_BUILTINS = frozenset(dir(builtins))
# Statements that may have bound a name, before they are put together under one number.
_MANY = 6
# Looks at what objects hold, for one use of a value, before "anything" is said instead; more as
# long as there have not been that many for each statement.
_REACH, _REACH_EACH, _REACH_LEAST = 1000, 500, 300_000
# Objects that a value is followed to when there have been.
_WIDE = 20

_Key = tuple[Env, str]


@dataclass
class Frame:
    """A function of the program that is being gone through.

    Attributes:
        function: The function.
        env: Its names.
        receiver: What its first parameter is.
        returns: What it may return.
        yields: What it may yield.
        sent: What may be sent to it while it yields.
        generator: What yields, if it does.
        is_cut: A call of it inside itself was not followed.
        passed: What the parameters are in such calls.
        caller: The statement that calls it.
        is_open: Its statements count each by itself, and not as what the calling one does.
    """

    function: Obj
    env: Env
    receiver: Value = NOTHING
    returns: Value = NOTHING
    yields: Value = NOTHING
    sent: Value = NOTHING
    generator: Obj | None = None
    is_cut: bool = False
    passed: dict[str, Value] = field(default_factory=dict)
    caller: int = 0
    is_open: bool = False


class _Depth:
    """How many ``with`` statements for it are being run."""

    def __init__(self) -> None:
        self.now = 0

    def __enter__(self) -> None:
        self.now += 1

    def __exit__(self, *_: object) -> None:
        self.now -= 1


class Machine:
    """What the statements up to now have done.

    Attributes:
        deps: For each statement, what it needs to have run before it. Numbers after the program's
            stand for several statements each.
        current: The statement that runs; what it calls is its doing.
        context: Which call of which function, as a number; objects made in different ones differ.
    """

    def __init__(
        self, program: Program, library: Library, types: Mapping[str, str] | None = None
    ) -> None:
        self.program = program
        self.library = library
        self.deps: list[set[int]] = [set() for _ in program.statements]
        self.current = 0
        self.context = 0
        self.module = Env("module")
        #: The functions of the program that are being gone through, the innermost last.
        self.frames: list[Frame] = []
        #: Classes by the scope of their body, and those that are being made.
        self.classes: dict[int, Obj] = {}
        #: For each class, the number of all that is in it.
        self.whole_classes: dict[Obj, int] = {}
        self.creating: list[Obj] = []
        #: Parsed texts, whose parts are known by their ``id``.
        self.kept_trees: list[ast.Module] = []
        #: By the ``id`` of calls of ``save`` and of assignments whose value is wanted, the number
        #: that stands for what it needs.
        self.watched: dict[int, int] = {}
        #: The statements that wrote to a file or its like, none of which need the ones before.
        self.marked: dict[str, list[int]] = {}
        #: The statements of functions that can be dropped, if any shall be.
        self.bodies: Bodies | None = None
        self.inner: dict[tuple[str, int], int] = {}
        self.starters: dict[int, int] = {}
        self.runs_of: dict[int, list[tuple[int, int]]] = {}
        self.runs_in: dict[int, list[tuple[int, int]]] = {}
        self._parts: dict[tuple[int, int], int] = {}
        self._jointly: dict[tuple[Obj, int], int] = {}
        self._closed = _Depth()
        #: What may be any object at all: of which too many are known to follow each.
        self.anything = Anything(1, "unknown", "anything")
        self._reach_left = max(_REACH_LEAST, _REACH_EACH * len(program.statements))
        self._types = types or {}
        self._contexts: dict[tuple[int, int], int] = {}
        self._scopes: dict[tuple[int, int, int, int], Env] = {}
        self._objects: dict[tuple[int, int, int, str], Obj] = {}
        self._shared: dict[tuple[str, str], Obj] = {}
        self._order = 0
        self._numbers = itertools.count(2)
        self._journal: list[tuple[Env, str, Binding | None]] = []
        self._forks = 0
        self._watchers: list[dict[_Key, Binding]] = []
        self._barrier: int | None = None
        self._barrier_order = 0
        self._toucher: int | None = None
        self._chain: int | None = None
        self._last: int | None = None
        self._looped: set[tuple[int, int, int]] = set()
        self._stars: list[tuple[int, int]] = []
        self._groups: dict[frozenset[int], int] = {}
        self._drawing: set[Obj] = set()
        self._changed_by: set[tuple[int, Obj, Any]] = set()
        self._members: dict[int, frozenset[int]] = {}
        self._shares: dict[tuple[Obj, str | None, str], Obj] = {}
        self._tables: set[Obj] = set()

    # What a statement needs.

    def depend(self, *numbers: int | None) -> None:
        """Note that the current statement needs others."""
        mine = self.deps[self.current]
        for number in numbers:
            if number is not None:
                mine.add(number)

    def together(self, numbers: Iterable[int]) -> int:
        """Return a number that stands for several statements."""
        self.deps.append(set(numbers))
        return len(self.deps) - 1

    # Statements of functions. Each has a number if it can be dropped by itself, and one more for
    # each statement of the program that has it run, which needs that one and what it needs there.

    def _inner(self, key: tuple[str, int]) -> int:
        number = self.inner.get(key)
        if number is None:
            number = self.inner[key] = self.together(())
        return number

    def started_by(self, number: int) -> int:
        """Return the statement of the program that has another one run."""
        return self.starters.get(number, number)

    def part(self, statement: ast.stmt) -> int:
        """Return the number of a function's statement that the current one has run."""
        root = self.started_by(self.current)
        number = self._parts.get((root, id(statement)))
        if number is None:
            inner = self._inner(("statement", id(statement)))
            number = self._parts[root, id(statement)] = self.together((inner,))
            self.starters[number] = root
            self.runs_of.setdefault(inner, []).append((root, number))
            self.runs_in.setdefault(root, []).append((inner, number))
        self.deps[number].add(self.current)
        return number

    def on_behalf(self, key: tuple[Obj, int]) -> int:
        """Return the number of what the current statement does together with others.

        Args:
            key: What that is, and the statement of the program that has all of them run.
        """
        if self.bodies is None:
            return self.current
        number = self._jointly.get(key)
        if number is None:
            number = self._jointly[key] = self.together(())
            self.starters[number] = key[1]
        if number != self.current:
            self.deps[number].add(self.current)
            self.deps[self.current].add(number)
        return number

    def enter_body(self, function: ast.AST, *, is_open: bool) -> None:
        """The current statement calls a function of the program.

        Args:
            function: Its definition.
            is_open: Whether only those of its statements are needed that something needs.
        """
        if self.bodies is None:
            return
        if not is_open:
            self.depend(self._all_of(function))
        elif self.bodies.statements(function):
            self.depend(self._inner(("call", id(function))))

    def not_followed(self) -> None:
        """What may run again inside itself is not gone through: all of it counts, calls too."""
        for frame in self.frames:
            with self.within(frame.caller):
                self.enter_body(frame.function.about, is_open=False)
        if self.frames:
            # What its end changes, its beginning finds the next time.
            self.frames[0].is_cut = True

    def _all_of(self, function: ast.AST) -> int:
        """Return the number of all statements of a function and of those in it."""
        known = ("all", id(function)) in self.inner
        number = self._inner(("all", id(function)))
        if self.bodies is not None and not known:
            for one in self.bodies.functions_in(function):
                self.deps[number].add(self._inner(("call", id(one))))
                self.deps[number].update(
                    self._inner(("statement", id(statement)))
                    for statement in self.bodies.statements(one)
                )
        return number

    def closed(self) -> _Depth:
        """Have all statements count of functions that are called here, as what they raise may."""
        return self._closed

    def is_certain(self) -> bool:
        """Return whether the current statement does exactly once what it does now."""
        parents = self.program.parents
        is_one = self.current < len(parents) and parents[self.current] is None
        return is_one and not self._forks and not self.frames

    @contextlib.contextmanager
    def within(self, number: int) -> Iterator[None]:
        """Have a statement be the current one."""
        before, self.current = self.current, number
        try:
            yield
        finally:
            self.current = before

    # Objects.

    def new(self, kind: str, node: ast.AST, about: Any = None, tag: str = "") -> Obj:
        """Return the object that an expression makes in this statement and call."""
        key = (id(node), self.current, self.context, tag or kind)
        obj = self._objects.get(key)
        if obj is None:
            obj = self._objects[key] = Obj(next(self._numbers), kind, about)
            if is_table(obj):
                self._tables.add(obj)
        return obj

    def scope(
        self, kind: str, node: ast.AST, parent: Env | None, names: Scope | None = None
    ) -> Env:
        """Return the names of a call or of a comprehension in this statement and call."""
        key = (id(node), id(parent), self.current, self.context)
        env = self._scopes.get(key)
        if env is None:
            none: frozenset[str] = frozenset()
            outer = (none, none) if names is None else (names.globals, names.nonlocals)
            env = self._scopes[key] = Env(kind, parent, *outer)
        return env

    def shared(self, kind: str, about: str) -> Obj:
        """Return the one object of that kind and name: a module, a file, a builtin, a state."""
        obj = self._shared.get((kind, about))
        if obj is None:
            obj = self._shared[kind, about] = Obj(next(self._numbers), kind, about)
        return obj

    def share(self, obj: Obj, name: str | None = None, kind: str | None = None) -> Obj:
        """Return what has no state but that of a part of an object, or of all of it.

        Args:
            obj: The object, with which it may share memory.
            name: Of the part; None for all of it.
            kind: What it is, if something else than the object.
        """
        key = (obj, name, kind or obj.kind)
        found = self._shares.get(key)
        if found is None:
            found = self._shares[key] = Obj(next(self._numbers), key[2])
            found.part_of = (obj, name)
        found.hold(obj.held() if name is None else obj.get(name))
        return found

    def views(self, value: Value) -> Value:
        """Return what may share memory with the tables in a value, and the rest of it.

        What is made from a table need not have its columns.
        """
        if self._tables.isdisjoint(value):
            return value
        return frozenset(self.share(obj) if obj in self._tables else obj for obj in value)

    def new_class(self, cls: Obj, definition: ast.ClassDef, names: Env) -> None:
        """Note a class that is being made, and the scope of its body."""
        self.classes[id(names)] = cls
        self.whole_classes[cls] = self._inner(("class", id(definition)))

    def namespace(self) -> Obj:
        """Return the names of the program as an object: ``globals()``."""
        return self.shared("namespace", "globals")

    def text(self, text: str) -> Value:
        """Return a known text as a value."""
        return frozenset((self.shared("text", text),))

    def free_names(self, obj: Obj) -> tuple[Iterable[str], Env]:
        """Return the names that a function or a generator will look up, and where."""
        env = obj.env or self.module
        while env.kind == "class" and env.parent is not None:
            env = env.parent
        if obj.kind == "function":
            return self.program.scope(obj.about).free, env
        if obj.kind == "generator":
            if isinstance(obj.about, ast.GeneratorExp):
                return self.program.names_in(obj.about), env
            return self.program.scope(obj.about.about).free, env
        return (), env

    def free(self, obj: Obj) -> Iterator[Obj]:
        """Yield what the free names of a function or a generator may be, as they are bound now."""
        names, env = self.free_names(obj)
        for name in names:
            for binding in env.find(name):
                yield from binding.value

    def reach(self, value: Iterable[Obj]) -> list[Obj] | None:
        """Return the objects of a value and all that they hold; None for too many."""
        limit = max(_REACH, self._reach_left)
        reached = reachable(value, self.free, limit)
        if reached is None:
            self._reach_left -= limit
            return None
        found, looks = reached
        self._reach_left -= looks
        return None if self.anything in found else list(found)

    def widened(self, value: Value) -> Value:
        """Return a value, or anything if it is many and it has taken too long to follow such."""
        if len(value) > _WIDE and self._reach_left <= 0:
            return frozenset((self.anything,))
        return value

    def followed(self, held: AbstractSet[Obj]) -> AbstractSet[Obj]:
        """Return what an object holds, which is looked at, or anything if there is no time left."""
        if len(held) > _WIDE:
            self._reach_left -= len(held)
            if self._reach_left <= 0:
                return {self.anything}
        return held

    def look(self, value: Iterable[Obj]) -> None:
        """The current statement needs the values' own state, not that of what they hold."""
        mine = self.deps[self.current]
        for obj in value:
            if obj.last is not None:
                mine.add(obj.last)
            if obj.part_of is not None:
                self.look_at(*obj.part_of)
            elif obj.kind == "class":
                self.depend(self.whole_classes.get(obj))
            elif obj.kind == "view_of_dict":
                self.depend(*(source.last for source in obj.fields.get("source", ())))
            elif obj.kind == "namespace" or (obj is self.anything and self.classes):
                self.touch_everything()  # as methods of the program's own may do
            elif obj is self.anything:
                self.enter_body(self.program.tree, is_open=False)
        if self._barrier is not None:
            mine.add(self._barrier)

    def look_at(self, obj: Obj, key: Any) -> None:
        """The current statement needs what an object holds under a constant key or attribute.

        Of a class, it does not need what is under the other names.
        """
        if obj.parts and key is not None:
            self.depend(obj.whole, self._barrier)
            self.deps[self.current] |= obj.parts.get(key, set())
        elif obj.kind == "class":
            self.depend(obj.last, self._barrier)
        else:
            self.look((obj,))

    def read(self, value: Iterable[Obj]) -> list[Obj] | None:
        """The current statement needs the values and all that they hold.

        Returns:
            All that; None for too many.
        """
        if not value:
            return []
        reached = self.reach(value)
        if reached is None:
            self.depend(self._chain)
            self.enter_body(self.program.tree, is_open=False)
        found = list(value) if reached is None else reached
        self.look(found)
        for obj in found:
            if obj.kind in HAS_FREE_NAMES:
                if obj.kind == "function":
                    self.enter_body(obj.about, is_open=False)
                names, env = self.free_names(obj)
                for name in names:
                    self.read_name(name, env)
        return reached

    def change(self, value: Iterable[Obj]) -> None:
        """The current statement changes the objects of a value, not what they hold."""
        for obj in value:
            if obj.kind == "namespace":
                self.touch_everything()
            if obj is self.anything:
                self._change_anything()
            elif obj.part_of is not None:
                table, name = obj.part_of
                self.change((table,)) if name is None else self.change_part(table, name)
            elif obj.kind != "text" and not obj.last == obj.whole == self.current:
                self.depend(obj.last)
                obj.last = obj.whole = self.current
                obj.parts.clear()
                self._note(obj)
        self.depend(self._barrier)

    def change_part(self, obj: Obj, key: Any) -> None:
        """The current statement changes what an object holds under a constant key or attribute.

        Who needs that alone does not need what was done under other keys, nor does this statement.
        """
        changers = obj.parts.setdefault(key, set())
        if self.current not in changers:
            changers.add(self.current)
            before = () if obj.last is None else (obj.last,)
            obj.last = self.together((self.current, *before))
            self.starters[obj.last] = self.started_by(self.current)
            self._note(obj, key)
        self.depend(self._barrier)

    def _note(self, obj: Obj, key: Any = None) -> None:
        """Add the current statement to those that changed something; see whether it is new."""
        self._did()
        change = (self.current, obj, key)
        if change not in self._changed_by:
            self._changed_by.add(change)
            Obj.growth += 1

    def _did(self) -> None:
        """Add the current statement to all those that changed an object or bound a name so far."""
        if self._last != self.current:
            self._last = self.current
            before = () if self._chain is None else (self._chain,)
            self._chain = self.anything.last = self.together((self.current, *before))

    def change_all(self, value: Iterable[Obj]) -> None:
        """The current statement may change the objects of a value and all that they hold."""
        found = self.reach(value)
        if found is None:
            self._change_anything()
            found = list(value)
        self.change(obj for obj in found if obj.kind not in FIXED)

    def _change_anything(self) -> None:
        if self.classes:
            self.touch_everything()
        self.depend(self._chain)
        self._barrier, self._barrier_order = self.current, self._order

    def touch_everything(self) -> None:
        """The current statement may need and change anything: ``exec``, ``globals()``."""
        number = self.started_by(self.current)
        if self.bodies is not None:
            self.deps[number].add(self._all_of(self.program.tree))
        if number == self._toucher == self._barrier:
            self._order += 1
            self._barrier_order = self._order
            return
        self._toucher = number
        parents = self.program.parents
        top = number
        while top < len(parents) and (parent := parents[top]) is not None:
            top = parent
        # In a compound statement, which may be a loop, what follows in it counts, too.
        end = self.program.last_inside[top] + 1 if top < number else min(number, len(parents))
        start = self._barrier if self._barrier is not None and self._barrier < number else 0
        self.deps[number].update(range(start, end))
        self.deps[number].discard(number)
        self._order += 1
        self._barrier, self._barrier_order = number, self._order

    # Names.

    def read_name(self, name: str, env: Env) -> Value:
        """Return what a name may be; the current statement needs who bound it."""
        mine = self.deps[self.current]
        value: Value | None = None
        unbound, order = True, -1
        for binding in env.find(name):
            mine |= binding.binders
            value = binding.value if value is None else joined(value, binding.value)
            unbound, order = binding.maybe_unbound, binding.order
        if self._barrier is not None and order < self._barrier_order:
            mine.add(self._barrier)
        for number, star_order in self._stars:
            if star_order > order:
                mine.add(number)
        if not unbound and value is not None:
            return value
        # Where nobody else can have bound it, it has a value that was seen, or there is an error.
        is_certain = value is not None and order >= self._barrier_order
        outside = self._outside(name, is_certain=is_certain)
        return outside if value is None else joined(value, outside)

    def _outside(self, name: str, *, is_certain: bool) -> Value:
        found = NOTHING
        if name in _BUILTINS:
            patched = self.shared("module", "builtins")
            self.look((patched,))
            found = frozenset((self.shared("builtin", name), *patched.fields.get(name, ())))
        if self._stars or not (found or is_certain or name.startswith("__")):
            # Of a star import, or of nobody that can be seen.
            found |= {self.shared("unknown", f"name {name}")}
        return found

    def star(self) -> None:
        """The current statement may bind any name."""
        self._order += 1
        self._stars = [star for star in self._stars if star[0] != self.current]
        self._stars.append((self.current, self._order))

    def bind(self, env: Env, name: str, value: Value) -> None:
        """The current statement gives a name a value."""
        value = self.widened(value)
        home = env.home(name)
        self._order += 1
        self._did()
        if home is not env:
            # A function that returned early has not done so: what was before may still be.
            before = home.names.get(name)
            if before is not None:
                value = joined(value, before.value)
                self.depend(*before.binders)
        elif home is self.module:
            value = self._sharpened(name, value)
        self._put(home, name, Binding(frozenset((self.current,)), value, self._order))

    def bind_too(self, env: Env, name: str, value: Value) -> None:
        """The current statement may give a name of a function another value than it has."""
        self._order += 1
        here = Binding(frozenset((self.current,)), value, self._order)
        self._put(env, name, self._merged(env.names.get(name, here), here))

    def unbind(self, env: Env, name: str) -> None:
        """The current statement deletes a name."""
        home = env.home(name)
        before = home.names.get(name)
        if before is not None:
            self.depend(*before.binders)
        self._order += 1
        self._did()
        here = frozenset((self.current,))
        self._put(home, name, Binding(here, NOTHING, self._order, maybe_unbound=True))

    def _sharpened(self, name: str, value: Value) -> Value:
        """Return the value without what is not of the type that was seen in the live program."""
        kind = self._types.get(name)
        if kind is None or self.program.last_binder(name) != self.current:
            return value
        if self.library.is_atom(kind):
            return NOTHING if any(obj.kind != "text" for obj in value) else value
        kind = self.library.canonical(kind)
        if kind is None:
            return value
        # What this statement has made is of that type; of what was there before, it may be a part.
        statement = self.program.statements[self.current]
        key = (id(getattr(statement, "value", None)), self.current, self.context, "unknown")
        made = self._objects.get(key)
        if made in value and made is not None:
            made.kind = kind
            if is_table(made):
                self._tables.add(made)
        if not is_array(kind):
            return value
        return frozenset(
            self.share(obj, kind=kind)
            if obj.kind == "unknown" and obj is not self.anything
            else obj
            for obj in value
        )

    def _put(self, env: Env, name: str, binding: Binding | None) -> None:
        if self._forks:
            self._journal.append((env, name, env.names.get(name)))
        if binding is None:
            env.names.pop(name, None)
            return
        env.names[name] = binding
        for watcher in self._watchers:
            key = (env, name)
            watcher[key] = self._merged(watcher[key], binding) if key in watcher else binding

    def _merged(self, one: Binding | None, other: Binding | None) -> Binding:
        """Return the binding of who may have come either way."""
        binding = other if one is None else one
        if binding is None:
            return Binding(frozenset(), NOTHING, 0, maybe_unbound=True)
        if one is None or other is None:
            return Binding(binding.binders, binding.value, binding.order, maybe_unbound=True)
        binders = one.binders | other.binders
        if len(binders) > _MANY:
            if binders not in self._groups:
                self._groups[binders] = number = self.together(binders)
                self._members[number] = binders
            binders = frozenset((self._groups[binders],))
        return Binding(
            binders,
            joined(one.value, other.value),
            min(one.order, other.order),
            maybe_unbound=one.maybe_unbound or other.maybe_unbound,
        )

    # Ways that a program may go.

    def either(self, *ways: Callable[[], None]) -> None:
        """Go several ways from here, of which the program takes one."""
        ends = [self._tried(way) for way in ways]
        keys = dict.fromkeys(key for end in ends for key in end)
        for env, name in keys:
            before = env.names.get(name)
            merged: Binding | None = None
            for position, end in enumerate(ends):
                after = end.get((env, name), before)
                merged = after if position == 0 else self._either(merged, after)
            self._put(env, name, merged)

    def _either(self, one: Binding | None, other: Binding | None) -> Binding | None:
        if one is None and other is None:
            return None
        if one is not None and one.same(other):
            return one
        return self._merged(one, other)

    def _tried(self, way: Callable[[], None]) -> dict[_Key, Binding | None]:
        """Go a way and come back; return what it bound."""
        start = len(self._journal)
        self._forks += 1
        try:
            way()
        finally:
            self._forks -= 1
        end = {(env, name): env.names.get(name) for env, name, _ in self._journal[start:]}
        for env, name, before in reversed(self._journal[start:]):
            if before is None:
                env.names.pop(name, None)
            else:
                env.names[name] = before
        del self._journal[start:]
        return end

    def repeat(
        self, way: Callable[[], None], *, leaves_early: bool, loop: ast.AST | None = None
    ) -> None:
        """Go a way any number of times, or not at all.

        Args:
            way: Is called until it brings nothing new.
            leaves_early: It may be left, or begun again, before its end.
            loop: The statement, if it need not bind a name whenever it begins anew.
        """
        # What the end of the way changes, its beginning finds the next time.
        once_more = loop is not None and (id(loop), self.current, self.context) not in self._looped
        self._looped.add((id(loop), self.current, self.context))
        for _ in range(20):
            seen: dict[_Key, Binding] = {}
            self._watchers.append(seen)
            growth = Obj.growth
            try:
                end = self._tried(way)
            finally:
                self._watchers.pop()
            if leaves_early:
                for key, binding in seen.items():
                    end[key] = self._either(end.get(key), binding)
            is_new = False
            for (env, name), after in end.items():
                before = env.names.get(name)
                merged = self._either(before, after)
                if merged is not None and not self._says_the_same(merged, before):
                    self._put(env, name, merged)
                    is_new = True
            # What went into one container goes on into another the next time, and what a statement
            # changed for the first time, those before it find the next time.
            if not is_new and not once_more and growth == Obj.growth:
                return
            once_more = False
        self.touch_everything()

    def _says_the_same(self, one: Binding, other: Binding | None) -> bool:
        return other is not None and (
            one.same(other)
            or (
                one.value == other.value
                and one.maybe_unbound == other.maybe_unbound
                and self._spelled_out(one.binders) == self._spelled_out(other.binders)
            )
        )

    def _spelled_out(self, binders: Iterable[int]) -> set[int]:
        """Return statements without the numbers that stand for several."""
        found: set[int] = set()
        todo = list(binders)
        while todo:
            number = todo.pop()
            if number not in found:
                found.add(number)
                todo += self._members.get(number, ())
        return found - self._members.keys()

    def interrupted(self, way: Callable[[], None]) -> Callable[[], None]:
        """Go a way that may end anywhere; return another that brings one to where it ended."""
        seen: dict[_Key, Binding] = {}
        before: dict[_Key, Binding | None] = {}
        start_order = self._order

        self._watchers.append(seen)
        start = len(self._journal)
        self._forks += 1
        try:
            way()
        finally:
            self._forks -= 1
            self._watchers.pop()
        for env, name, old in self._journal[start:]:
            before.setdefault((env, name), old)
        if not self._forks:
            del self._journal[start:]

        def resume() -> None:
            for (env, name), binding in seen.items():
                old = before.get((env, name))
                if old is not None and old.order > start_order:
                    old = None
                self._put(env, name, self._merged(old, binding))

        return resume

    # What the parts that build on this one do.

    def enter(self, node: ast.AST) -> int:
        """Return the context of a call made by an expression in this one."""
        key = (self.context, id(node))
        found = self._contexts.get(key)
        if found is None:
            found = self._contexts[key] = len(self._contexts) + 1
        return found
