"""The steps of a comparison: pairs of parts, and where they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from lineapy_store.comparison._difference import Difference, short

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineapy_store.comparison._walk import Walk

_HALF = 100
_NAME = re.compile(r"[^\W\d]\w*")
_PLAIN = frozenset({str, int, bytes, bool})


class Path:
    """The way from a value to a part of it, a chain so that a deep value costs no long texts.

    The text of more than 200 steps has the first and the last hundred.
    """

    __slots__ = ("depth", "head", "parent", "step")

    def __init__(self, step: str = "", parent: Path | None = None) -> None:
        self.step = step
        self.parent = parent
        self.depth: int = 0
        self.head: str = ""
        if parent:
            self.depth = parent.depth + 1
            self.head = str(parent) if parent.depth == _HALF else parent.head

    def at(self, step: str) -> Path:
        """One step further."""
        return Path(step, self)

    def attribute(self, name: object) -> Path:
        """To an attribute."""
        if isinstance(name, str) and _NAME.fullmatch(name):
            return Path(f".{name}", self)
        return Path(f".__dict__[{short(name)}]", self)

    def item(self, key: object) -> Path:
        """To the item of a mapping."""
        return Path(f"[{short(key)}]", self)

    def __str__(self) -> str:
        """Returns the text that Python code would have."""
        left_out = self.depth - 2 * _HALF
        steps: list[str] = []
        path: Path | None = self
        while path and len(steps) < (_HALF if left_out > 0 else self.depth):
            steps.append(path.step)
            path = path.parent
        tail = "".join(reversed(steps))
        return f"{self.head}...({left_out} more)...{tail}" if left_out > 0 else tail


class Pair(NamedTuple):
    """Two parts that have to be compared, and where they are."""

    left: Any
    right: Any
    path: Path


Step: TypeAlias = "Difference | Pair"
Comparer: TypeAlias = "Callable[[Any, Any, Path, Walk], Iterator[Step]]"


def surely_equal(left: object, right: object) -> bool:
    """Whether two objects are seen to be the same without looking into them."""
    if left is right:
        return True
    kind = type(left)
    if kind is not type(right):
        return False
    if kind is float:
        return left == right != 0.0
    return kind in _PLAIN and left == right
