"""The walk through two values side by side: what has been compared, and what is left to compare."""

from __future__ import annotations

import itertools
import math
import struct
from collections import ChainMap
from typing import TYPE_CHECKING, Any

from lineapy_store.comparison._difference import Difference, class_name
from lineapy_store.comparison._steps import Pair, Path, Step
from lineapy_store.comparison._table import Entry, find
from lineapy_store.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping


def differences(
    left: object, right: object, *, rtol: float = 0.0, atol: float = 0.0
) -> list[Difference]:
    """List every difference between two values.

    Values are the same if they have the same type and the same content, all the way down: numbers
    bit for bit (so ``-0.0`` is not ``0.0``, and a NaN is the same as one with the same bits),
    arrays with their dtype, byte order, shape and order in memory (``C`` or ``F``), mappings with
    the order of their keys, pandas objects with their labels and dtypes, sparse matrices as they
    are stored, functions and classes by their code and what it refers to, and any other object by
    its attributes and, if it is written in C, by what it pickles as. ``__eq__`` is never believed.

    What is no part of a value is not compared: what a cached property has kept on one side only,
    notes of sparse matrices on whether they are sorted, whether locks are held, whether an array
    may be written to or is a view of another, whether two parts are one object, the order of
    attributes, line numbers, and what a class leaves out of its pickled state and could not be
    pickled anyway, such as a connection.

    An object that both sides meet again is reported where it is met first. Of an array with more
    than 1,000 differing elements the list has one difference, with their number.

    The values are not changed, and of their methods none is called but what pickling calls, and
    ``__hash__`` and ``__eq__`` of keys, to find their counterparts.

    Args:
        left: Any value, such as a model that was saved.
        right: Any value, such as what was loaded.
        rtol: Relative tolerance for floating-point and complex numbers, of the larger one of two.
            With a tolerance, all NaNs are equal.
        atol: Absolute tolerance for them.

    Returns:
        The differences, in the order of ``left``; empty if there are none.

    Raises:
        ConfigurationError: A tolerance is negative or no number.
    """
    for name, tolerance in (("rtol", rtol), ("atol", atol)):
        if not tolerance >= 0:
            raise ConfigurationError(f"{name} must be zero or positive, not {tolerance!r}")
    walk = Walk(rtol=rtol, atol=atol)
    return list(walk.run(left, right))


class Walk:
    """One comparison: its options and what it has seen.

    It neither recurses nor follows a cycle twice: comparing two objects gives pairs of parts, which
    wait on a stack.
    """

    def __init__(
        self,
        *,
        rtol: float,
        atol: float,
        seen: MutableMapping[tuple[int, int], tuple[Any, Any]] | None = None,
    ) -> None:
        self.rtol = rtol
        self.atol = atol
        # Keeps the objects alive, so that no other gets their id.
        self._seen = {} if seen is None else seen
        self._entries: dict[type, Entry] = {}

    def run(self, left: object, right: object) -> Iterator[Difference]:
        """Yield the differences of two values."""
        step: Step | None = Pair(left, right, Path())
        stack: list[tuple[Pair, Iterator[Step]]] = []
        while True:
            if isinstance(step, Difference):
                yield step
            elif step is not None:
                stack.append((step, self._compare(step)))
            if not stack:
                return
            pair, steps = stack[-1]
            try:
                step = next(steps, None)
            except Exception as error:  # noqa: BLE001 - a user's class may fail in any way it likes
                reason = f"{type(error).__name__}: {error}"
                step = Difference(str(pair.path), pair.left, pair.right, "opaque", reason)
            if step is None:
                stack.pop()

    def equal(self, left: object, right: object) -> bool:
        """Whether two values have no differences but those that have been met already."""
        seen: ChainMap[tuple[int, int], tuple[Any, Any]] = ChainMap({}, self._seen)
        walk = Walk(rtol=self.rtol, atol=self.atol, seen=seen)
        if next(walk.run(left, right), None) is not None:
            return False
        self._seen.update(seen.maps[0])
        return True

    def same(self, left: object, right: object) -> bool:
        """Whether two values, which hold none that wait, have no differences whatever was met."""
        walk = Walk(rtol=self.rtol, atol=self.atol)
        return next(walk.run(left, right), None) is None

    def equal_floats(self, left: float, right: float) -> bool:
        """Whether two floats are the same, bit for bit or within the tolerance."""
        if struct.pack("<d", left) == struct.pack("<d", right):
            return True
        if not (self.rtol or self.atol):
            return False
        if math.isnan(left) and math.isnan(right):
            return True
        return left == right or (
            math.isfinite(left)
            and math.isfinite(right)
            and abs(left - right) <= self.atol + self.rtol * max(abs(left), abs(right))
        )

    def _compare(self, pair: Pair) -> Iterator[Step]:
        left, right, path = pair
        if left is right:
            return iter(())
        kind = type(left)
        classes: tuple[Step, ...] = ()
        if kind is not type(right):
            # One name is one type: after a reload, or cloudpickle, there are two classes of it.
            if class_name(kind) != class_name(type(right)):
                return iter([Difference(str(path), left, right, "type")])
            classes = (Pair(kind, type(right), path.attribute("__class__")),)
        if kind not in self._entries:
            self._entries[kind] = find(kind)
        entry = self._entries[kind]
        if not entry.leaf:
            if (id(left), id(right)) in self._seen:
                return iter(())
            self._seen[id(left), id(right)] = (left, right)
        steps = [compare(left, right, path, self) for compare in entry.comparers]
        return itertools.chain(classes, *steps) if classes or steps[1:] else steps[0]
