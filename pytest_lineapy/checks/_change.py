"""Changes a value in place, wherever it holds something of its own, and finds the changes again."""

from __future__ import annotations

import contextlib
import sys
from typing import Any

_ADDED = "lineapy_changed_"


def change(value: Any) -> dict[str, Any]:
    """Change a model or container in place: arrays, tables, lists, dicts, sets, attributes.

    What it holds is followed through containers and through what looks like a model, and no
    further, so that nothing is touched that the process shares with it.

    Returns:
        What has been changed, by its path in the value.
    """
    return {path: part for path, part in _parts(value).items() if _change(part)}


def changes_in(value: Any, changed: dict[str, Any]) -> list[str]:
    """Return the paths at which a value shows the changes that ``change`` has made in another."""
    parts = _parts(value)
    return [
        path or "the model itself"
        for path, part in changed.items()
        if path in parts and _shows(parts[path], part)
    ]


def _parts(value: Any) -> dict[str, Any]:
    """Return what a value holds of its own and can be changed, itself included, by path."""
    found: dict[str, Any] = {}
    todo, seen = [("", value)], set[int]()
    while todo:
        path, part = todo.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        if isinstance(part, dict):
            todo += [(f"{path}[{key!r}]", each) for key, each in part.items()]
        elif isinstance(part, (list, tuple)):
            todo += [(f"{path}[{number}]", each) for number, each in enumerate(part)]
        elif not _is_known(part):
            if not (part is value or hasattr(part, "get_params")) or not hasattr(part, "__dict__"):
                continue
            todo += [(f"{path}.{name}", each) for name, each in vars(part).items()]
            part = vars(part)
        if not isinstance(part, tuple):
            found[path] = part
    return found


def _library(value: Any) -> str:
    """Return the name of the class of a library's object, as far as it matters here."""
    for module, name in (("numpy", "ndarray"), ("pandas", "DataFrame"), ("xgboost", "Booster")):
        if module in sys.modules and isinstance(value, getattr(sys.modules[module], name)):
            return name
    return ""


def _is_known(value: Any) -> bool:
    return isinstance(value, (set, bytearray)) or bool(_library(value))


def _change(part: Any) -> bool:
    """Change an object, if it can be.

    By the methods of the classes that it is derived from, since its own may refuse.
    """
    if isinstance(part, dict):
        dict.__setitem__(part, _ADDED, 1)
    elif isinstance(part, list):
        list.append(part, _ADDED)
    elif isinstance(part, set):
        set.add(part, _ADDED)
    elif isinstance(part, bytearray):
        part.append(0)
    elif _library(part) == "ndarray":
        if not part.size or not part.flags.writeable or part.dtype.kind not in "biufc":
            return False
        first = (0,) * part.ndim
        part[first] = not part[first]  # which is another number, whatever it was
    elif _library(part) == "DataFrame":
        with contextlib.suppress(TypeError, ValueError):  # columns that take no other name
            part[_ADDED] = 1
        return bool(_ADDED in part)
    else:
        part.set_attr(lineapy_changed="1")
    return True


def _shows(part: Any, changed: Any) -> bool:
    """Return whether an object has been changed as the other one, which it was equal to, has."""
    if type(part) is not type(changed):
        return False
    if isinstance(part, list):
        return bool(part) and isinstance(part[-1], str) and part[-1] == _ADDED
    if isinstance(part, bytearray):
        return bool(part == changed)
    if _library(part) == "ndarray":
        first = (0,) * part.ndim
        return bool(part.shape == changed.shape and part[first] == changed[first])
    if _library(part) == "Booster":
        return bool(part.attr("lineapy_changed") is not None)
    return bool(_ADDED in part)
