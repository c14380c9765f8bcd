"""Objects of any class: by their attributes, and by what they pickle as where that is not all."""

from __future__ import annotations

import copyreg
import functools
import types
from typing import TYPE_CHECKING, Any

from lineapy_store.comparison._difference import ABSENT, Difference
from lineapy_store.comparison._steps import Pair, surely_equal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lineapy_store.comparison._steps import Path, Step
    from lineapy_store.comparison._walk import Walk

_POINTER = 8


def nothing(_left: Any, _right: Any, _path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare what has no content that outlives the process."""
    yield from ()


def reference(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare what weak references refer to."""
    yield Pair(left(), right(), path.at("()"))


def exception(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare exceptions, without where they were raised."""
    for name in ("args", "filename", "filename2"):
        ours, theirs = getattr(left, name, None), getattr(right, name, None)
        if not surely_equal(ours, theirs):
            yield Pair(ours, theirs, path.attribute(name))


def compare_attributes(
    left: Mapping[str, Any], right: Mapping[str, Any], at: Callable[[str], Path]
) -> Iterator[Step]:
    """Compare what goes by names, in any order."""
    for name, member in left.items():
        if name not in right:
            yield Difference(str(at(name)), member, ABSENT, "missing")
        elif not surely_equal(member, right[name]):
            yield Pair(member, right[name], at(name))
    for name, member in right.items():
        if name not in left:
            yield Difference(str(at(name)), ABSENT, member, "extra")


def attributes(
    left: Any,
    right: Any,
    path: Path,
    _walk: Walk,
    *,
    ignored: frozenset[str] = frozenset(),
) -> Iterator[Step]:
    """Compare all attributes that objects have of their own, but those that are ignored."""
    ours, theirs = own_attributes(left), own_attributes(right)
    left_out = None
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        if name in ignored:
            continue
        mine, other = ours.get(name, ABSENT), theirs.get(name, ABSENT)
        if surely_equal(mine, other):
            continue
        if (mine is ABSENT or other is ABSENT) and _is_cached(type(left), name):
            continue
        if left_out is None:
            left_out = _left_out(left, ours) | _left_out(right, theirs)
        if name in left_out and not (_can_be_kept(mine) and _can_be_kept(other)):
            continue
        if other is ABSENT:
            yield Difference(str(path.attribute(name)), mine, ABSENT, "missing")
        elif mine is ABSENT:
            yield Difference(str(path.attribute(name)), ABSENT, other, "extra")
        else:
            yield Pair(mine, other, path.attribute(name))


def own_attributes(value: object) -> dict[str, Any]:
    """The attributes in ``__dict__`` and ``__slots__``, asking no code of the class."""
    found: dict[str, Any] = {}
    descriptor = _dictionary(type(value))
    if descriptor:
        found.update(descriptor.__get__(value))
    for base in type(value).__mro__:
        for name in slots(base):
            try:
                found[name] = vars(base)[name].__get__(value)
            except AttributeError:
                continue
    return found


def _dictionary(kind: type) -> Any:
    """What gives ``__dict__`` of the instances, even where a class has another idea of it."""
    for base in kind.__mro__:
        found = vars(base).get("__dict__")
        if isinstance(found, types.GetSetDescriptorType | types.MemberDescriptorType):
            return found
    return None


def slots(kind: type) -> list[str]:
    """Names of the slots that a class declares itself, as it keeps them."""
    if "__slots__" not in vars(kind):
        return []
    return [
        name
        for name, member in vars(kind).items()
        if isinstance(member, types.MemberDescriptorType)
    ]


def _is_cached(kind: type, name: str) -> bool:
    """Whether an attribute is what a cached property has kept."""
    for base in kind.__mro__:
        if name in vars(base):
            return isinstance(vars(base)[name], functools.cached_property)
    return False


def _left_out(value: object, own: dict[str, Any]) -> set[str]:
    """Names of the attributes that a class does not pickle."""
    if not _pickles_its_own_way(type(value)):
        return set()
    try:
        reduced = reduce(value)
    except Exception:  # noqa: BLE001 - a user's class may fail in any way it likes
        return set()
    states = reduced[2] if isinstance(reduced, tuple) and len(reduced) > 2 else None  # noqa: PLR2004 - where pickle has the state
    kept: set[str] = set()
    for state in states if isinstance(states, tuple) else (states,):
        if isinstance(state, dict):
            kept.update(state)
    return set(own) - kept


def _pickles_its_own_way(kind: Any) -> bool:
    return (
        kind.__reduce_ex__ is not object.__reduce_ex__
        or kind.__reduce__ is not object.__reduce__
        or getattr(kind, "__getstate__", None) is not getattr(object, "__getstate__", None)
    )


def _can_be_kept(value: object) -> bool:
    import cloudpickle  # noqa: PLC0415 - hardly ever needed

    if value is ABSENT:
        return True
    try:
        cloudpickle.dumps(value, protocol=5)
    except Exception:  # noqa: BLE001 - a user's class may fail in any way it likes
        return False
    return True


def hidden(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare what objects of classes written in C have beside their attributes."""
    if not hides(type(left)):
        return
    try:
        ours, theirs = reduce(left), reduce(right)
    except Exception as error:  # noqa: BLE001 - a class may fail in any way it likes
        yield Difference(str(path), left, right, "opaque", f"{type(error).__name__}: {error}")
        return
    if isinstance(ours, str) or isinstance(theirs, str):
        if ours != theirs:
            yield Difference(str(path), left, right, "value")
        return
    made = path.at(".__reduce_ex__(5)")
    ours, theirs = ([*each, None, None, None][:5] for each in (ours, theirs))
    if ours[0] is not theirs[0]:
        yield Pair(ours[0], theirs[0], made.at("[0]"))
    yield Pair(ours[1], theirs[1], made.at("[1]"))
    yield from _states(left, ours[2], theirs[2], path)
    for position in (3, 4):
        mine, other = (
            None if each is None else list(each) for each in (ours[position], theirs[position])
        )
        yield Pair(mine, other, made.at(f"[{position}]"))


def _states(value: object, left: Any, right: Any, path: Path) -> Iterator[Step]:
    if isinstance(left, dict) and isinstance(right, dict):
        known = own_attributes(value)
        left, right = (
            {name: member for name, member in state.items() if name not in known}
            for state in (left, right)
        )
        state = path.at(".__getstate__()")
        yield from compare_attributes(left, right, state.item)
    else:
        yield Pair(left, right, path.at(".__getstate__()"))


def hides(kind: type, base: type = object) -> bool:
    """Whether instances have more than those of a base and what attributes show in Python."""
    size = base.__basicsize__
    # At -1 the interpreter keeps the dictionary outside of what the size counts.
    size += _POINTER * (kind.__dictoffset__ not in (0, -1) and _dictionary(kind) is not None)
    size += _POINTER * (kind.__weakrefoffset__ > 0)
    size += _POINTER * sum(len(slots(each)) for each in kind.__mro__)
    return kind.__itemsize__ != base.__itemsize__ or kind.__basicsize__ > size


def reduce(value: object) -> Any:
    """What an object pickles as."""
    registered: Any = copyreg.dispatch_table.get(type(value))
    return registered(value) if registered else value.__reduce_ex__(5)
