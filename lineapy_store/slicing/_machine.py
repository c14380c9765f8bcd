"""The state of the analysis: names and objects, and who bound and changed them."""

from __future__ import annotations

import ast
import builtins
import contextlib
import itertools
import sys
from typing import TYPE_CHECKING, Any

from lineapy_store.slicing._heap import (
    HAS_FREE_NAMES,
    NOTHING,
    SHARES,
    Anything,
    Binding,
    DictOf,
    Env,
    Obj,
    Value,
    is_array,
    is_table,
    joined,
    reachable,
    without_texts,
)
from lineapy_store.slicing._needs import Needs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

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
# Parts of an object of which each is looked at when one gets another value.
_FEW = 50
# Kinds of objects whose parts have an order that shows.
_ORDERED = ("dict", "instance")
# Objects that a value is followed to when there have been.
_WIDE = 20

Key = tuple[Env, str]


class Machine(Needs):
    """What the statements up to now have done.

    Attributes:
        context: Which call of which function, as a number; objects made in different ones differ.
    """

    def __init__(
        self,
        program: Program,
        library: Library,
        types: Mapping[str, str] | None = None,
        installed: AbstractSet[str] = frozenset(),
    ) -> None:
        super().__init__(program)
        self.library = library
        self.context = 0
        #: An option may have been set that texts go by.
        self.shows_otherwise = False
        #: What is made now is made once and kept, whichever statement asks for it.
        self.is_kept = False
        self.module = Env("module")
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
        #: What is reached from what was saved, while the managers around the save are left; and
        #: whether that changed some of it.
        self.saved: frozenset[Obj] | None = None
        self.leaving: frozenset[Obj] = frozenset()
        self.is_changed_on_leaving = False
        #: The statements that wrote to a file or its like, none of which need the ones before.
        self.marked: dict[str, list[int]] = {}
        #: What may be any object at all: of which too many are known to follow each.
        self.anything = Anything(1, "unknown", "anything")
        self._reach_left = max(_REACH_LEAST, _REACH_EACH * len(program.statements))
        self._types = types or {}
        self._installed = installed
        #: By the name of a module, what stands for all that is in it, if nobody knows what that is.
        self._module_states: dict[str, Obj | None] = {}
        self._contexts: dict[tuple[int, int], int] = {}
        self._scopes: dict[tuple[int, int, int, int], Env] = {}
        self._objects: dict[tuple[int, int, int, str], Obj] = {}
        self._shared: dict[tuple[str, str], Obj] = {}
        self._order = 0
        self._numbers = itertools.count(2)
        self._journal: list[tuple[Env, str, Binding | None]] = []
        self._forks = 0
        self._watchers: list[dict[Key, Binding]] = []
        #: By name, the classes of libraries that the program gave an attribute of that name.
        self.patched: dict[str, set[Obj]] = {}
        self._barrier: int | None = None
        self._barrier_order = 0
        self._toucher: int | None = None
        self._chain: int | None = None
        self._last: int | None = None
        self._stars: list[tuple[int, int]] = []
        self._groups: dict[frozenset[int], int] = {}
        self._drawing: set[Obj] = set()
        self._changed_by: set[tuple[int, Obj, Any]] = set()
        self._members: dict[int, frozenset[int]] = {}
        self._shares: dict[tuple[Obj, str | None, str], Obj] = {}
        self._tables: set[Obj] = set()
        self._single: set[Obj] = set()

    def is_certain(self) -> bool:
        """Return whether the current statement does exactly once what it does now."""
        parents = self.program.parents
        is_one = self.current < len(parents) and parents[self.current] is None
        return is_one and not self._forks and not self.frames

    # Objects.

    def new(self, kind: str, node: ast.AST, about: Any = None, tag: str = "") -> Obj:
        """Return the object that an expression makes in this statement and call."""
        place = -1 if self.is_kept else self.current
        key = (id(node), place, self.context, tag or kind)
        obj = self._objects.get(key)
        if obj is None:
            obj = self._objects[key] = Obj(next(self._numbers), kind, about)
            if is_table(obj):
                self._tables.add(obj)
        return obj

    def note_single(self, value: Value) -> Value:
        """Note of what was just made that it is one object, if the program makes it just once."""
        if len(value) == 1 and self.is_certain():
            self._single |= value
        return value

    def is_single(self, value: Value) -> bool:
        """Return whether a value is one object for certain, to which something is done just once.

        Whatever that gives to a part of it, the part has nothing of before.
        """
        is_one = len(value) == 1 and not self._single.isdisjoint(value)
        return is_one and self.is_certain() and self.is_sure()

    def is_sure(self) -> bool:
        """Return whether all that was done up to now is known, so that names are what they seem."""
        return self._barrier is None and not self._stars

    def scope(
        self, kind: str, node: ast.AST, parent: Env | None, names: Scope | None = None
    ) -> Env:
        """Return the names of a call or of a comprehension in this statement and call."""
        place = -1 if self.is_kept else self.current
        key = (id(node), id(parent), place, self.context)
        env = self._scopes.get(key)
        if env is not None and self.is_kept:
            env.is_kept = True
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

    def options_with(self, library: str, name: str) -> Obj:
        """Return what has an option of a library: all that calls go by, or what only texts do."""
        is_shown = "texts" in self.library.about(f"{library}.options.{name}").changes
        return self.shared("texts" if is_shown else "module", library)

    def set_option(self, library: str, name: str, value: Value) -> None:
        """The current statement sets an option of a library, which has what was set last."""
        self.shows_otherwise = True
        owner = self.options_with(library, name)
        self.change_part(owner, ("option", name), anew=self.is_certain() and self.is_sure())
        owner.hold(value, ("option", name))

    def kept_by(self, module: Obj) -> Value:
        """Return what a module was given to keep: callbacks, options, but no attributes."""
        if not module.fields:
            return frozenset(module.contents)
        fields = module.fields.items()
        return frozenset(module.contents).union(*(v for k, v in fields if isinstance(k, tuple)))

    def state_of(self, name: str) -> Obj | None:
        """Return the state of a module; None if all that has one is known, as of libraries.

        Args:
            name: Of the module, or of something in it.
        """
        top = name.partition(".")[0]
        if top not in self._module_states:
            is_known = (
                top in sys.stdlib_module_names
                or top in self._installed
                or top in ("", "__main__", "unknown")
                or self.library.knows(top)
            )
            self._module_states[top] = None if is_known else self.shared("state", f"module {top}")
        return self._module_states[top]

    def in_module(self, name: str) -> Obj:
        """Return what has a name in a module or in something of one."""
        found = self.shared("lib", name)
        state = self.state_of(name)
        if state is not None:
            found.part_of, found.contents = (state, None), state.contents
            self.look((state,))
        return found

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

    def dict_of(self, obj: Obj) -> Obj:
        """Return the dictionary of an object's attributes."""
        key = (obj, "__dict__", "dict")
        found = self._shares.get(key)
        if found is None:
            found = self._shares[key] = DictOf(next(self._numbers), obj)
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

    def _free_of_generator(self, obj: Obj) -> Iterable[Obj]:
        return self.free(obj) if obj.kind == "generator" else ()

    def reach(self, value: Iterable[Obj], *, inside: bool = True) -> list[Obj] | None:
        """Return the objects of a value and all that they hold; None for too many.

        Args:
            value: Where to begin.
            inside: Also what functions refer to by their free names, which nobody else sees.
        """
        limit = max(_REACH, self._reach_left)
        reached = reachable(value, self.free if inside else self._free_of_generator, limit)
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
        return held if self.affords(len(held)) else {self.anything}

    def affords(self, count: int, *, looks: int = 1) -> bool:
        """Return whether there is time to follow so many objects, with so many looks at each."""
        if count <= _WIDE:
            return True
        self._reach_left -= count * looks
        return self._reach_left > 0

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
        if obj.part_of is not None and obj.part_of[1] is None:
            obj = obj.part_of[0]
        if obj.parts and key is not None:
            self.depend(obj.whole, self._barrier)
            self.deps[self.current] |= obj.parts.get(key, set())
        elif obj.kind == "class":
            self.depend(obj.last, self._barrier)
        else:
            self.look((obj,))

    def read(self, value: Iterable[Obj]) -> list[Obj] | None:
        """The current statement needs the values and all that they hold, which is returned.

        Nothing is returned if it is too many.
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
            self.is_changed_on_leaving |= obj in self.leaving
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
                obj.firsts.clear()
                self._note(obj)
        self.depend(self._barrier)

    def change_part(self, obj: Obj, key: Any, *, anew: bool = False) -> None:
        """The current statement changes what an object holds under a constant key or attribute.

        Who needs that alone does not need what was done under other keys, nor does this statement.

        Args:
            obj: The object.
            key: The key or attribute.
            anew: Nothing is left of what was there.
        """
        self.is_changed_on_leaving |= obj in self.leaving
        if anew:
            obj.fields.pop(key, None)
            if key in obj.parts:
                self._overwrite(obj, key)
                return
        if obj.part_of is not None and obj.part_of[1] is None:
            obj = obj.part_of[0]
        changers = obj.parts.setdefault(key, set())
        if self.current not in changers:
            changers.add(self.current)
            before = () if obj.last is None else (obj.last,)
            obj.last = self.together((self.current, *before))
            self.starters[obj.last] = self.started_by(self.current)
            self._note(obj, key)
        self.depend(self._barrier)

    def _overwrite(self, obj: Obj, key: Any) -> None:
        """Have the current statement be the only one that changed a part of an object."""
        if next(reversed(obj.parts)) != key and obj.kind in _ORDERED:
            obj.firsts.setdefault(key, obj.parts[key])
        obj.parts[key] = {self.current}
        if len(obj.parts) > _FEW:
            obj.last = self.together((self.current, *(() if obj.last is None else (obj.last,))))
        else:
            whole = set() if obj.whole is None else {obj.whole}
            obj.last = self.together(whole.union(*obj.parts.values(), *obj.firsts.values()))
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
        self.deps[number] |= self.first(end)
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
            value = None if value is None else without_texts(value)  # it may be another by now
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
        patched = self.shared("module", "builtins")
        if name in patched.fields and name not in _BUILTINS:
            self.look((patched,))
            return frozenset(patched.fields[name])
        if name in _BUILTINS:
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
        elif home.is_kept:
            self.bind_too(home, name, value)
            return
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
        if kind == "builtins.int":
            return frozenset(obj for obj in value if obj.kind == "file")  # by its number
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
            states = {one for one in made.contents if one.kind == "state"}
            made.contents -= states
            if "." not in kind:
                made.hold(states, SHARES)
            if made.kind == "unknown" and "." not in kind:
                # It no longer stands for its parts, of which nothing is known.
                part = self.new("unknown", statement, tag="part")
                part.hold(made.contents - {part})
                made.hold((part,))
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

    @contextlib.contextmanager
    def kept(self, node: ast.AST, receiver: Value | None) -> Iterator[None]:
        """Have what is made be the same whenever it is made anew, for one receiver."""
        outer = self.context, self.is_kept
        whose = min(receiver) if receiver else 0
        key = (-int(whose) - 1, id(node))
        self.context = self._contexts.setdefault(key, len(self._contexts) + 1)
        self.is_kept = True
        try:
            yield
        finally:
            self.context, self.is_kept = outer

    def enter(self, node: ast.AST) -> int:
        """Return the context of a call made by an expression in this one."""
        key = (self.context, id(node))
        found = self._contexts.get(key)
        if found is None:
            found = self._contexts[key] = len(self._contexts) + 1
        return found
