"""One difference: where it is, what is there on each side, and how it reads."""

from __future__ import annotations

import dataclasses
import reprlib
import struct
import sys
from typing import Any

_WINDOW = 30


class _Absent:
    """Stands for what one side does not have."""

    def __repr__(self) -> str:
        return "<absent>"


ABSENT = _Absent()


@dataclasses.dataclass(frozen=True, eq=False, repr=False)
class Difference:
    """One place where two values differ; its text is a line for people.

    Attributes:
        path: How Python reaches the place from either value, such as ``.steps[1][1].coef_[0, 3]``;
            empty for the values themselves. ``.keys()[2]`` is the third key of a mapping,
            ``.__closure__['x']`` a variable that a function has closed over.
        left: What the first value has there: the object itself, or for the kinds ``dtype``,
            ``shape``, ``length`` and ``order`` that property of it; a placeholder if nothing.
        right: What the second value has there.
        kind: What differs.

            - ``value``, ``type``, ``dtype``, ``shape``, ``length``;
            - ``order``: of the keys of a mapping, or of an array in memory (``C`` or ``F``);
            - ``missing``: only the first value has it; ``extra``: only the second;
            - ``elements``: more elements of an array than are listed one by one;
            - ``opaque``: there is no way to look into the objects, so they may differ.
        detail: What else is to be said.
    """

    path: str
    left: Any
    right: Any
    kind: str
    detail: str = ""

    def __str__(self) -> str:
        """Returns the path and both sides, shortened, such as ``.x[0]: 0.5 != 0.25``."""
        return f"{self.path or 'the value itself'}: {self._text()}"

    def __repr__(self) -> str:
        """Returns the text in angle brackets: the objects may be large."""
        return f"<Difference {self}>"

    def _text(self) -> str:
        if self.kind == "elements":
            return self.detail
        if self.kind == "missing":
            return f"{short(self.left)} is missing"
        if self.kind == "extra":
            return f"{short(self.right)} is extra"
        if self.kind == "opaque":
            text = f"cannot be compared: {short(self.left)} and {short(self.right)}"
            return f"{text} ({self.detail})" if self.detail else text
        if self.kind == "type":
            names = class_name(type(self.left)), class_name(type(self.right))
            return f"type {' != '.join(names)} ({short(self.left)} and {short(self.right)})"
        kind = "" if self.kind == "value" else f"{self.kind} "
        return kind + " != ".join(_apart(self.left, self.right))


class _Short(reprlib.Repr):
    """Short representations, and one for any object, whatever its own does."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 3
        self.maxstring = self.maxother = self.maxlong = 80

    def repr_instance(self, x: Any, level: int) -> str:
        numpy: Any = sys.modules.get("numpy")
        if numpy and isinstance(x, numpy.generic) and type(x).__module__ == "numpy":
            # The type goes without saying, as in arrays.
            return self.repr1(x.item(), level) if x.dtype.kind in "SU" else str(x)
        try:
            text = " ".join(repr(x).split())
        except Exception:  # noqa: BLE001 - a user's __repr__ may fail in any way it likes
            return f"<{class_name(type(x))} at {id(x):#x}>"
        return text if len(text) <= self.maxother else text[: self.maxother - 3] + "..."


def short(value: object) -> str:
    """A representation of one short line; never raises."""
    try:
        return _Short().repr(value)
    except Exception:  # noqa: BLE001 - reprlib asks the objects for their length and items
        return f"<{class_name(type(value))} at {id(value):#x}>"


def class_name(kind: type) -> str:
    """Module and name of a class; some classes have something else than text in their place."""
    module, name = str(kind.__module__), str(kind.__qualname__)
    return name if module == "builtins" else f"{module}.{name}"


def _apart(left: Any, right: Any) -> tuple[str, str]:
    """Short representations from which the difference can be seen, where there are any."""
    texts = short(left), short(right)
    if type(left) is type(right) and isinstance(left, str | bytes):
        if max(len(left), len(right)) > 2 * _WINDOW:
            return _around_the_difference(left, right)
    elif texts[0] == texts[1] and isinstance(left, float) and isinstance(right, float):
        # Not-a-numbers that differ in their bits.
        return f"{texts[0]} ({_bits(left)})", f"{texts[1]} ({_bits(right)})"
    return texts


def _around_the_difference(left: Any, right: Any) -> tuple[str, str]:
    common = min(len(left), len(right))
    first = next((n for n in range(common) if left[n] != right[n]), common)
    start = max(0, first - _WINDOW // 2)
    texts = [
        ("..." if start else "")
        + repr(text[start : start + _WINDOW])
        + ("..." if len(text) > start + _WINDOW else "")
        for text in (left, right)
    ]
    return texts[0], f"{texts[1]} (from {first} on)"


def _bits(value: float) -> str:
    return "0x" + struct.pack(">d", value).hex()
