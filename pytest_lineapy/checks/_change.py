"""Changes a value in place, wherever it holds something of its own."""

from __future__ import annotations

import sys
from typing import Any

_ADDED = "lineapy_changed_"


def change(value: Any) -> bool:
    """Change a model or container in place: arrays, lists, dicts, sets, attributes.

    What it holds is followed through containers and through what looks like a model, and no
    further, so that nothing is touched that the process shares with it.

    Returns:
        Whether anything could be changed.
    """
    changed = False
    todo, seen = [value], set[int]()
    while todo:
        each = todo.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        held, done = _change_one(each, is_root=each is value)
        todo += held
        changed = changed or done
    return changed


def _change_one(value: Any, *, is_root: bool) -> tuple[list[Any], bool]:
    """Change one object; return what it holds, and whether it has changed."""
    held: list[Any] = []
    if isinstance(value, dict):
        held = list(value.values())
        value[_ADDED] = 1
    elif isinstance(value, list):
        held = list(value)
        value.append(_ADDED)
    elif isinstance(value, set):
        value.add(_ADDED)
    elif isinstance(value, bytearray):
        value.append(0)
    elif isinstance(value, tuple):
        return list(value), False
    elif (done := _known(value)) is not None:
        return [], done
    elif (is_root or hasattr(value, "get_params")) and hasattr(value, "__dict__"):
        held = list(vars(value).values())
        vars(value)[_ADDED] = 1
    else:
        return [], False
    return held, True


def _known(value: Any) -> bool | None:
    """Change an object of a library; None if it is of none that is known here."""
    numpy, pandas, xgboost = map(sys.modules.get, ("numpy", "pandas", "xgboost"))
    if numpy is not None and isinstance(value, numpy.ndarray):
        return _change_array(value)
    if pandas is not None and isinstance(value, pandas.DataFrame):
        value[_ADDED] = 1
        return True
    if xgboost is not None and isinstance(value, xgboost.Booster):
        value.set_attr(lineapy_changed="1")
        return True
    return None


def _change_array(array: Any) -> bool:
    if not array.size or not array.flags.writeable or array.dtype.kind not in "biufc":
        return False
    first = (0,) * array.ndim
    array[first] = not array[first] if array.dtype.kind == "b" else 1 - array[first]
    return True
