"""Comparing what a pipeline makes with what a session saved, where functions and classes moved.

A session has them in ``__main__`` at the top level. A pipeline has them in its own module, and some
of them in functions, which changes their names and, of functions, how they look up variables.
"""

from __future__ import annotations

import inspect
import re
from types import FunctionType
from typing import TYPE_CHECKING

from lineapy_store.comparison import differences

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType
    from typing import Any

    from lineapy_store.comparison import Difference

_MAIN = "__main__"
_IN_FUNCTION = re.compile(r"\bget_\w+\.<locals>\.")
#: Of the code of a function, what differs if it has a cell for what was a global variable.
_CELLS = frozenset(("co_flags", "co_names", "co_freevars", "co_cellvars", "co_code", "co_consts"))


def take_home(module: ModuleType) -> None:
    """Have the functions and classes of a pipeline's module say that they are of the session."""
    name = module.__name__
    for each in (*vars(module).values(), *_subclasses(object)):
        if isinstance(each, (type, FunctionType)) and each.__module__ == name:
            each.__module__ = _MAIN
            each.__qualname__ = _IN_FUNCTION.sub("", each.__qualname__)


def differences_at_home(saved: Any, made: Any, module: ModuleType) -> list[Difference]:
    """Return what differs between two values, but for what is in another place.

    Args:
        saved: What a session saved.
        made: What the pipeline has made.
        module: The pipeline's.
    """
    take_home(module)
    found = differences(saved, made)
    closed = {
        each.path.removesuffix("co_freevars") for each in found if each.path.endswith("co_freevars")
    }
    return [
        each
        for each in found
        if not _is_of_place(each, module.__name__)
        and not any(
            each.path.startswith(code) and each.path.removeprefix(code) in _CELLS for code in closed
        )
    ]


def _is_of_place(difference: Difference, name: str) -> bool:
    left, right = difference.left, difference.right
    if difference.path.endswith(".co_flags"):
        return bool((left ^ right) == inspect.CO_NESTED)
    both = isinstance(left, str) and isinstance(right, str)
    return both and left == _IN_FUNCTION.sub("", right).replace(name, _MAIN)


def _subclasses(cls: type) -> Iterator[type]:
    found: list[type] = type.__subclasses__(cls)
    for each in found:
        yield each
        yield from _subclasses(each)
