"""What the analysis knows about a program's values: abstract objects, names, and who changed them.

An abstract object stands for every object that one place in the program makes while one statement
runs. A value is the set of abstract objects that it may be; a number, a text, and everything else
that cannot be changed is no object, so that the empty set is "some unchangeable value".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Obj(int):
    """An abstract object: a number, from 1, of which there is one in an analysis.

    Being its own number, it is found in sets quickly, and these have the same order in every run.

    Attributes:
        kind: ``"list"``, ``"function"``, ``"module"``, the qualified name of a library's class,
            or ``"unknown"``.
        last: The statement that changed it last, which depends on the one before; None if none.
        whole: The one that changed last what it holds under no particular key.
        parts: Since then, who changed what it holds under a constant key or attribute.
        firsts: Who put in keys that others have given another value since, for their order.
        contents: What it may hold, under no particular key.
        fields: What it may hold under a constant key or attribute.
        about: What the kind needs to know: a definition, a qualified name, a text.
        env: Where a function was defined, or the names of a class body.
        part_of: For a column, the table and the name; for what may share memory with all of a
            table, that and None. It has no state of its own, but what is there in the table.
        growth: Of all together: another number when one holds more than before, or is changed by
            a statement that has not done so before.
    """

    growth = 0

    def __new__(  # noqa: PYI034 - Self is there from Python 3.11 on
        cls, number: int, _kind: str, _about: Any = None
    ) -> Obj:
        """Make it the number that it is."""
        return super().__new__(cls, number)

    def __init__(self, _number: int, kind: str, about: Any = None) -> None:
        self.kind = kind
        self.about = about
        self.env: Env | None = None
        self.part_of: tuple[Obj, Any] | None = None
        self.last: int | None = None
        self.whole: int | None = None
        self.parts: dict[Any, set[int]] = {}
        self.firsts: dict[Any, set[int]] = {}
        self.contents: set[Obj] = set()
        self.fields: dict[Any, set[Obj]] = {}

    def held(self) -> set[Obj]:
        """Return what it holds directly; not to be changed."""
        return self.contents.union(*self.fields.values()) if self.fields else self.contents

    def hold(self, value: Iterable[Obj], key: Any = None) -> None:
        """Note that it may hold a value."""
        place = self.contents if key is None else self.fields.setdefault(key, set())
        new = without_texts(frozenset(value) - place)
        if new:
            place |= new
            Obj.growth += len(new)

    def get(self, key: Any) -> Value:
        """Return what may be under a constant key."""
        return frozenset(self.contents.union(self.fields.get(key, ())))

    def __repr__(self) -> str:
        """Show kind and subject."""
        return f"<{self.kind} {self.about if isinstance(self.about, str) else ''}>"


class Anything(Obj):
    """What may be any object, and so is whatever it holds, too."""

    def hold(self, _value: Iterable[Obj], _key: Any = None) -> None:
        """Hold what it holds anyhow."""


class DictOf(Obj):
    """The attributes of an object as a dictionary: it holds what that holds."""

    def __init__(self, number: int, obj: Obj) -> None:
        super().__init__(number, "dict")
        self.part_of = obj, None
        self.contents, self.fields = obj.contents, obj.fields

    def held(self) -> set[Obj]:
        """Return what it holds directly, without the class; not to be changed."""
        return super().held() - self.fields.get(CLASS, set())


#: Where an object has others that change when it does: arrays and tables whose memory it may
#: share, or the module that may have it, too.
SHARES = ("shares",)
#: Where an instance has its class.
CLASS = ("class",)
#: What has the names of a table's rows or columns, of which it can change but its own name.
INDEX = "pandas.Index"
#: Kinds of objects that look names up when they are used.
HAS_FREE_NAMES = frozenset({"function", "generator"})


def is_array(kind: str) -> bool:
    """Return whether operators on objects of this kind make new ones, element by element."""
    return kind.startswith(("numpy.", "pandas.", "scipy.sparse."))


def is_table(obj: Obj) -> bool:
    """Return whether an object is a table by itself, and no column or view of one."""
    return obj.kind == "pandas.DataFrame" and obj.part_of is None


#: What is known about an array whose cells are objects, lists too.
OBJECTS = "objects"
_NO_NUMBERS = frozenset("instance dict set frozenset defaultdict Counter OrderedDict deque".split())
_SEQUENCES = frozenset("list tuple iterator view_of_dict".split())
_CELLS = frozenset((*_NO_NUMBERS, *_SEQUENCES, "unknown"))
# Lists in lists that an array is made from.
_AXES = 4


def objects_in(value: Iterable[Obj], *, lists: bool = False, axes: int = _AXES) -> Iterator[Obj]:
    """Yield the objects that cells of an array may be that is made from a value.

    Args:
        value: What it is made from.
        lists: Whether they may be anything, lists too, as with ``dtype=object``.
        axes: In how many lists, one in the other, they may be.
    """
    for obj in value:
        if obj.kind in _SEQUENCES:
            if lists:
                yield obj
            if axes:
                yield from objects_in(obj.held(), lists=lists, axes=axes - 1)
        elif is_array(obj.kind):
            # It also holds what it may share memory with.
            kinds = _CELLS if obj.about == OBJECTS else _NO_NUMBERS
            yield from (held for held in obj.held() if held.kind in kinds)
        elif obj.kind in _NO_NUMBERS or (lists and obj.kind == "unknown"):
            yield obj


Value = frozenset[Obj]
NOTHING: Value = frozenset()


def joined(one: Value, other: Value) -> Value:
    """Return the value that may be either; a text is known only if it is the only one."""
    if one == other:
        return one
    return without_texts(one | other)


def without_texts(value: Value) -> Value:
    """Return a value without the known texts in it."""
    texts = [obj for obj in value if obj.kind == "text"]
    return value.difference(texts) if texts else value


def text_of(value: Value) -> str | None:
    """Return the text that the value is, if it is known."""
    if len(value) == 1:
        (obj,) = value
        if obj.kind == "text":
            return str(obj.about)
    return None


class Binding:
    """What a name means at some point of the program.

    Attributes:
        binders: The statements that may have given it this meaning.
        value: What it may be.
        order: A number that grows with every binding.
        maybe_unbound: It may have no meaning here, or that of an outer scope.
    """

    __slots__ = ("binders", "maybe_unbound", "order", "value")

    def __init__(
        self, binders: frozenset[int], value: Value, order: int, *, maybe_unbound: bool = False
    ) -> None:
        self.binders = binders
        self.value = value
        self.order = order
        self.maybe_unbound = maybe_unbound

    def same(self, other: Binding | None) -> bool:
        """Return whether the other one says the same, whenever it was made."""
        return (
            other is not None
            and self.binders == other.binders
            and self.value == other.value
            and self.maybe_unbound == other.maybe_unbound
        )


class Env:
    """The names of a module, of a call of a function, of a class body, or of a comprehension.

    Attributes:
        kind: ``"module"``, ``"function"``, ``"class"`` or ``"comprehension"``.
        parent: The scope around it.
        names: What is bound in it.
        globals: Names that a ``global`` statement puts in the module.
        nonlocals: Names that a ``nonlocal`` statement puts in a function around it.
        is_kept: What was bound in it by another statement may still be.
    """

    __slots__ = ("globals", "is_kept", "kind", "names", "nonlocals", "parent")

    def __init__(
        self,
        kind: str,
        parent: Env | None = None,
        globals_: frozenset[str] = frozenset(),
        nonlocals: frozenset[str] = frozenset(),
    ) -> None:
        self.kind = kind
        self.parent = parent
        self.is_kept = False
        self.names: dict[str, Binding] = {}
        self.globals = globals_
        self.nonlocals = nonlocals

    def module(self) -> Env:
        """Return the module's."""
        env = self
        while env.parent is not None:
            env = env.parent
        return env

    def home(self, name: str) -> Env:
        """Return the scope in which an assignment binds the name."""
        if name in self.globals:
            return self.module()
        if name in self.nonlocals:
            env = self.parent
            while env is not None and env.parent is not None:
                if env.kind == "function" and name in env.names:
                    return env
                env = env.parent
        return self

    def find(self, name: str) -> Iterator[Binding]:
        """Yield what the name may mean, the innermost first; nothing for a builtin."""
        env: Env | None = self.module() if name in self.globals else self
        inner = True
        while env is not None:
            # The names of a class body are not seen from functions and comprehensions in it.
            if inner or env.kind != "class":
                binding = env.names.get(name)
                if binding is not None:
                    yield binding
                    if not binding.maybe_unbound:
                        return
            inner = False
            env = env.parent


def reachable(
    value: Iterable[Obj], free: Callable[[Obj], Iterable[Obj]], limit: int
) -> tuple[set[Obj], int] | None:
    """Return the objects of a value and all that they hold, and how many looks that took.

    Args:
        value: Where to begin.
        free: Returns what a function refers to by its free names.
        limit: How many looks at what an object holds are affordable, about; None is returned if
            they are not enough.
    """
    found = set(value)
    queue = list(found)
    looks = len(found)
    for obj in queue:  # which grows meanwhile
        if looks > limit:
            return None
        held = obj.contents.union(*obj.fields.values()) if obj.fields else obj.contents
        if obj.kind in HAS_FREE_NAMES:
            held = held.union(free(obj))
        if held:
            looks += len(held)
            new = held - found
            if new:
                found |= new
                queue += new
    return found, looks
