"""Which part of a value cannot be pickled: looked for only after pickling has failed."""

from __future__ import annotations

import dataclasses
import inspect
import time
import types
from typing import TYPE_CHECKING, Any

import cloudpickle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SECONDS = 2.0
_PARTS = 20_000
_DEPTH = 100
_LONGEST_PATH = 160
_MADE_BY_PYTHON = (types.GetSetDescriptorType, types.MemberDescriptorType)


@dataclasses.dataclass(frozen=True)
class Culprit:
    """The innermost part found that cannot be pickled.

    Attributes:
        path: From the value to the part, as Python would reach it; empty for the value itself.
        value: The part.
        error: What pickling that part raises.
    """

    path: str
    value: object
    error: Exception


class _OutOfTimeError(Exception):
    """The search has used up its time."""


class _Probe:
    """A file that keeps nothing, for trying whether a part can be pickled, until the time is up."""

    def __init__(self) -> None:
        self._deadline = time.monotonic() + _SECONDS
        self._parts = _PARTS

    def write(self, data: bytes) -> int:
        if time.monotonic() > self._deadline:
            raise _OutOfTimeError
        return len(data)

    def try_to_pickle(self, value: object) -> Exception | None:
        """What pickling the value raises, or None."""
        self._parts -= 1
        if self._parts < 0:
            raise _OutOfTimeError
        self.write(b"")
        pickler = cloudpickle.Pickler(self, protocol=5, buffer_callback=lambda _: None)
        try:
            pickler.dump(value)
        except (_OutOfTimeError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - a part may fail in any way it likes
            return error
        return None


@dataclasses.dataclass
class _Visit:
    """A part on the way from the value to the culprit, and what is left to try of its parts."""

    path: str
    value: object
    error: Exception
    parts: Iterator[tuple[str, object]]
    blameless: bool = False


def find_culprit(value: object, error: Exception) -> Culprit:
    """Find the innermost part of a value that cannot be pickled.

    Goes down into whichever part fails, depth first, and back up when all that a part fails for
    is an object that refers back to one above it. Bounded in time, number and depth; past a bound
    the answer is the innermost part reached.

    Args:
        value: What could not be pickled.
        error: What that raised.

    Returns:
        The culprit; the value itself if no part of it is to blame alone.
    """
    probe = _Probe()
    root = _Visit("", value, error, _parts(value))
    visits = [root]
    seen: dict[int, tuple[object, bool]] = {id(value): (value, False)}
    try:
        while visits:
            visit = visits[-1]
            step = next(visit.parts, None)
            if step is None:
                if not visit.blameless:
                    break
                visits.pop()
                continue
            name, part = step
            if id(part) in seen:
                visit.blameless |= not seen[id(part)][1]
                continue
            failure = probe.try_to_pickle(part)
            # Kept alive, so that no other object gets its id.
            seen[id(part)] = (part, failure is None)
            if failure is None:
                continue
            visit.blameless = True
            visits.append(_Visit(visit.path + name, part, failure, _parts(part)))
            if len(visits) > _DEPTH:
                break
    except (_OutOfTimeError, MemoryError):
        pass
    found = visits[-1] if visits else root
    path = found.path
    if len(path) > _LONGEST_PATH:
        path = path[:_LONGEST_PATH] + "..."
    return Culprit(path, found.value, found.error)


def _parts(value: object) -> Iterator[tuple[str, object]]:
    """What pickling a value goes on to pickle, each with how to reach it from the value."""
    try:
        yield from _members(value)
    except _OutOfTimeError:
        raise
    except Exception:  # noqa: BLE001 - what cannot be taken apart is the innermost part
        return


def _members(value: object) -> Iterable[tuple[str, object]]:
    if isinstance(value, types.FunctionType):
        return _function(value)
    if isinstance(value, type):
        return _class(value)
    if type(value) is dict:
        return _mapping(value.items())
    if type(value) is list or type(value) is tuple:
        return _sequence(value)
    if type(value) is set or type(value) is frozenset:
        return _set(value)
    return _reduced(value)


def _mapping(items: Iterable[tuple[Any, Any]]) -> Iterator[tuple[str, object]]:
    for position, (key, member) in enumerate(items):
        yield f".keys()[{position}]", key
        yield f"[{_key(key)}]", member


def _sequence(items: Iterable[object]) -> Iterator[tuple[str, object]]:
    for position, member in enumerate(items):
        yield f"[{position}]", member


def _set(items: Iterable[object]) -> Iterator[tuple[str, object]]:
    for position, member in enumerate(items):
        yield f".members()[{position}]", member


def _class(kind: type) -> Iterator[tuple[str, object]]:
    for name, member in vars(kind).items():
        if not isinstance(member, _MADE_BY_PYTHON) and name != "_abc_impl":
            yield f".{name}", member


def _function(function: types.FunctionType) -> Iterator[tuple[str, object]]:
    variables = inspect.getclosurevars(function)
    for name, member in variables.nonlocals.items():
        yield f".__closure__[{name!r}]", member
    for name, member in variables.globals.items():
        yield f".__globals__[{name!r}]", member
    yield ".__defaults__", function.__defaults__
    yield ".__kwdefaults__", function.__kwdefaults__
    yield from _attributes(function, vars(function))


def _reduced(value: object) -> Iterator[tuple[str, object]]:
    """The parts of an object of a class: the state that its class gives to pickle."""
    reduce = cloudpickle.Pickler.dispatch_table.get(type(value))
    reduced: str | tuple[Any, ...] = reduce(value) if reduce else value.__reduce_ex__(5)
    if isinstance(reduced, str):
        return
    function, arguments, state, items, entries = (*reduced, None, None, None)[:5]
    yield ".__reduce_ex__(5)[0]", function
    for position, argument in enumerate(arguments):
        if argument is type(value):
            yield ".__class__", argument
        else:
            yield f".__reduce_ex__(5)[1][{position}]", argument
    if isinstance(state, dict):
        yield from _attributes(value, state)
    elif (
        isinstance(state, tuple)
        and len(state) == 2  # noqa: PLR2004 - pickle's form for __dict__ and __slots__
        and all(isinstance(half, dict | None) for half in state)
    ):
        for half in state:
            yield from _attributes(value, half or {})
    elif state is not None:
        yield ".__getstate__()", state
    yield from _sequence(items or ())
    yield from _mapping(entries or ())


def _attributes(value: object, state: dict[Any, object]) -> Iterator[tuple[str, object]]:
    for name, member in state.items():
        if isinstance(name, str) and _attribute(value, name) is member:
            yield f".{name}", member
        else:
            yield f".__getstate__()[{_key(name)}]", member


def _attribute(value: object, name: str) -> object:
    """An attribute, without running properties or ``__getattr__``."""
    found = inspect.getattr_static(value, name, None)
    if isinstance(found, types.MemberDescriptorType):
        return found.__get__(value)
    return found


def _key(key: object) -> str:
    try:
        text = repr(key)
    except Exception:  # noqa: BLE001 - a user's __repr__ may fail in any way it likes
        text = object.__repr__(key)
    return text if len(text) <= 40 else text[:37] + "..."  # noqa: PLR2004 - both are the limit
