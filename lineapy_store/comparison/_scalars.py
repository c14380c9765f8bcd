"""Values without parts of their own: numbers, text, dates and the like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lineapy_store.comparison._difference import Difference
from lineapy_store.comparison._objects import reduce

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineapy_store.comparison._steps import Path, Step
    from lineapy_store.comparison._walk import Walk

_MODULES = frozenset({"datetime", "decimal", "fractions", "pathlib", "re", "uuid"})
_BASES = frozenset({bool, int, str, bytes, bytearray, type(None)})


def is_known(kind: type) -> bool:
    """Whether a class is a value of the standard library that is made from what it pickles as."""
    return kind in (range, slice) or str(kind.__module__).partition(".")[0] in _MODULES


def value(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare what has an equality that no subclass can change."""
    base: Any = next(base for base in type(left).__mro__ if base in _BASES)
    if not base.__eq__(left, right):
        yield Difference(str(path), left, right, "value")


def floating(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare floats."""
    if not walk.equal_floats(left, right):
        yield Difference(str(path), left, right, "value")


def complex_number(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare complex numbers."""
    if walk.equal_floats(left.real, right.real) and walk.equal_floats(left.imag, right.imag):
        return
    if walk.rtol or walk.atol:
        gap = abs(left - right)
        if gap <= walk.atol + walk.rtol * max(abs(left), abs(right)) < float("inf"):
            return
    yield Difference(str(path), left, right, "value")


def memory(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare views of memory."""
    ours, theirs = memoryview(left), memoryview(right)
    if (ours.format, ours.shape) != (theirs.format, theirs.shape) or (
        ours.tobytes() != theirs.tobytes()
    ):
        yield Difference(str(path), left, right, "value")


def member(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare members of enumerations."""
    if left._name_ != right._name_ or not walk.equal(left._value_, right._value_):
        yield Difference(str(path), left, right, "value")


def reduced(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare what is made from what it pickles as: equality forgets zones, folds and exponents."""
    if not walk.equal(reduce(left), reduce(right)):
        yield Difference(str(path), left, right, "value")


def zone(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare time zones: without a key they were read from a file and have but their identity."""
    if left.key is None or left.key != right.key:
        yield Difference(str(path), left, right, "value" if left.key or right.key else "opaque")
