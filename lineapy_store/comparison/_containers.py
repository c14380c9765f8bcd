"""Sequences, mappings and sets."""

from __future__ import annotations

import collections
import itertools
import pickle
import types
from typing import TYPE_CHECKING, Any

from lineapy_store.comparison._difference import ABSENT, Difference, class_name
from lineapy_store.comparison._steps import Pair, surely_equal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineapy_store.comparison._steps import Path, Step
    from lineapy_store.comparison._walk import Walk

#: How many members of sets that nothing speaks for are tried against each other.
_TRIALS = 10_000


def sequence(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare lists and tuples; named tuples by their names."""
    base: Any = list if isinstance(left, list) else tuple
    names = getattr(type(left), "_fields", ()) if base is tuple else ()
    if not isinstance(names, tuple):
        names = ()
    if base.__len__(left) != base.__len__(right):
        yield _lengths(base.__len__(left), base.__len__(right), path)
        names = ()
    pairs = zip(base.__iter__(left), base.__iter__(right), strict=False)
    for position, (ours, theirs) in enumerate(pairs):
        if not surely_equal(ours, theirs):
            name = f".{names[position]}" if position < len(names) else f"[{position}]"
            yield Pair(ours, theirs, path.at(name))


def _lengths(left: int, right: int, path: Path) -> Difference:
    return Difference(str(path), left, right, "length")


def deque(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare deques."""
    yield Pair(left.maxlen, right.maxlen, path.at(".maxlen"))
    ours, theirs = (list(collections.deque.__iter__(each)) for each in (left, right))
    yield from sequence(ours, theirs, path, walk)


def defaultdict(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare mappings with a default."""
    yield Pair(left.default_factory, right.default_factory, path.at(".default_factory"))
    yield from mapping(left, right, path, walk)


def mapping(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare mappings, the order of their keys included.

    Columns and features are taken from mappings in that order, and pickling keeps it.
    """
    ours, theirs = _items(left), _items(right)
    keys, others = [key for key, _ in ours], [key for key, _ in theirs]
    counterparts = _counterparts(keys, others, walk)
    for position, (key, member) in enumerate(ours):
        other = counterparts[position]
        if other is None:
            yield Difference(str(path.item(key)), member, ABSENT, "missing")
            continue
        if not surely_equal(key, others[other]):
            yield Pair(key, others[other], path.at(f".keys()[{position}]"))
        if not surely_equal(member, theirs[other][1]):
            yield Pair(member, theirs[other][1], path.item(key))
    found = [other for other in counterparts if other is not None]
    for other in sorted(set(range(len(others))).difference(found)):
        yield Difference(str(path.item(others[other])), ABSENT, theirs[other][1], "extra")
    if any(after < before for before, after in itertools.pairwise(found)):
        yield Difference(str(path), keys, others, "order")


def _items(mapping: Any) -> list[tuple[Any, Any]]:
    if isinstance(mapping, collections.OrderedDict):
        return list(collections.OrderedDict.items(mapping))
    if isinstance(mapping, types.MappingProxyType):
        return list(mapping.items())
    return list(dict.items(mapping))


def _counterparts(keys: list[Any], others: list[Any], walk: Walk) -> list[int | None]:
    """For each key the position of its counterpart among the others, or None."""
    if len(keys) == len(others) and all(map(surely_equal, keys, others)):
        return list(range(len(keys)))
    positions = _lookup(others)
    found: list[int | None] = []
    free = dict.fromkeys(range(len(others)))
    for key in keys:
        other = _get(positions, key)
        if other is not None and other not in free:
            other = None
        if other is not None:
            del free[other]
        found.append(other)
    # Keys that are the same by their content only: objects that hash by identity, and NaNs. The
    # order of the keys says which belong together.
    waiting: dict[str, list[int]] = {}
    for other in free:
        waiting.setdefault(class_name(type(others[other])), []).append(other)
    for position, key in enumerate(keys):
        candidates = waiting.get(class_name(type(key))) if found[position] is None else None
        if candidates and (_hashes_by_identity(key) or walk.equal(key, others[candidates[0]])):
            found[position] = candidates.pop(0)
    return found


def _lookup(keys: Iterable[Any]) -> dict[Any, int]:
    positions: dict[Any, int] = {}
    for position, key in enumerate(keys):
        try:
            positions[key] = position
        except Exception:  # noqa: BLE001, S112 - a user's __eq__ may fail in any way
            continue
    return positions


def _get(positions: dict[Any, int], key: Any) -> int | None:
    try:
        return positions.get(key)
    except Exception:  # noqa: BLE001 - a user's __eq__ may fail in any way
        return None


def _hashes_by_identity(key: object) -> bool:
    return type(key).__hash__ is object.__hash__


def members(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare sets."""
    base: Any = set if isinstance(left, set) else frozenset
    ours, theirs = list(base.__iter__(left)), list(base.__iter__(right))
    positions = _lookup(theirs)
    free = dict.fromkeys(range(len(theirs)))
    lone = []
    for member in ours:
        other = _get(positions, member)
        if other in free and (
            surely_equal(member, theirs[other]) or walk.equal(member, theirs[other])
        ):
            del free[other]
        else:
            lone.append(member)
    yield from _match(lone, [theirs[other] for other in free], path, walk)


def _match(ours: list[Any], theirs: list[Any], path: Path, walk: Walk) -> Iterator[Step]:
    """Compare members without a counterpart by their own equality, those that look alike first."""
    alike: dict[object, list[int]] = {}
    for other, member in enumerate(theirs if ours else ()):
        alike.setdefault(_likeness(member), []).append(other)
    free = dict.fromkeys(range(len(theirs)))
    lone = []
    for member in ours:
        candidates = alike.get(_likeness(member), [])
        found = next((each for each in candidates if walk.equal(member, theirs[each])), None)
        if found is None:
            lone.append(member)
        else:
            candidates.remove(found)
            del free[found]
    trials = _TRIALS
    for member in lone:
        if trials <= 0:
            yield Difference(str(path), member, ABSENT, "missing")
            continue
        candidates = [
            each for each in free if class_name(type(theirs[each])) == class_name(type(member))
        ]
        found = next(
            (each for each in candidates if walk.equal(member, theirs[each])),
            None,
        )
        trials -= len(candidates)
        if found is None:
            yield Difference(str(path), member, ABSENT, "missing")
        else:
            del free[found]
    for other in free:
        yield Difference(str(path), ABSENT, theirs[other], "extra")


def _likeness(member: object) -> object:
    """What two members with the same content mostly have in common."""
    try:
        return pickle.dumps(member, protocol=5)
    except Exception:  # noqa: BLE001 - a user's class may fail in any way it likes
        return None
