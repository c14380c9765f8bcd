"""What slicing asks about live objects, as plain data.

Nothing of a value is kept but its type, save for the arguments of functions that are literals.
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import inspect
import math
import re
import sys
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

from lineapy_store.redact import redact
from lineapy_store.slicing._capture_places import OWN, origin

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from types import FrameType

_NAMES = 5_000
_PACKAGES = 200
_LETTERS = 1_000  # of the literals of one frame, and of a dotted name
_DEPTH = 6
_IDENTIFIER = re.compile(r"[^\W\d]\w*")
_SECRET = re.compile(r"pass(word|wd|phrase)|secret|token|key|credential", re.IGNORECASE)


def identifiers(text: str) -> set[str]:
    """Returns every word of a text that could be a name."""
    return set(_IDENTIFIER.findall(text))


def names_in(code: CodeType) -> set[str]:
    """Returns every name that compiled code mentions, and some that are of its own."""
    found = set(code.co_names)
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            found |= names_in(constant)
    return found


def facts(namespace: Mapping[str, Any], mentioned: set[str]) -> dict[str, Any]:
    """Returns what is known of the values in a namespace, of names that the source mentions.

    Returns:
        ``types``: name to the qualified name of its value's class. ``modules``: name to
        ``{"name", "origin", "version"}``, the origin ``stdlib``, ``installed`` or ``user``.
        ``objects``: name to the qualified name of the function or class that it is.
        ``random_state``: names of functions and classes with an argument ``random_state``.
        ``iterators``: names of values that can be used up. ``packages``: the versions of what
        is installed and was met on the way.
    """
    found: dict[str, Any] = {
        "types": {},
        "modules": {},
        "objects": {},
        "random_state": [],
        "iterators": [],
    }
    homes: set[str] = set()
    kinds: dict[type, tuple[str, bool] | None] = {}
    live = dict(namespace)
    names = [name for name in live if isinstance(name, str) and name in mentioned]
    for name in names[:_NAMES]:
        value = live[name]
        cls = type(value)
        if cls not in kinds:
            kinds[cls] = _kind(cls, homes)
        kind = kinds[cls]
        if kind is None:
            continue
        found["types"][name], used_up = kind
        if used_up:
            found["iterators"].append(name)
        if isinstance(value, _NAMED):
            # Libraries make modules and classes that answer with any error.
            with contextlib.suppress(Exception):
                _describe(name, value, found, homes)
    tops = sorted({home.partition(".")[0] for home in homes})[:_PACKAGES]
    versions = {top: _version(top) for top in tops if _origin(top) == "installed"}
    known = {top: version for top, version in versions.items() if version is not None}
    return found | {"packages": known}


_NAMED = (ModuleType, type, FunctionType, BuiltinFunctionType)


def _kind(cls: type, homes: set[str]) -> tuple[str, bool] | None:
    """Returns the qualified name of a class, and whether its instances can be used up."""
    try:
        homes.add(str(cls.__module__))
        return _dotted(cls), hasattr(cls, "__next__")
    except Exception:  # noqa: BLE001 - as a metaclass may answer
        return None


def _describe(name: str, value: Any, found: dict[str, Any], homes: set[str]) -> None:
    if isinstance(value, ModuleType):
        full = str(vars(value).get("__name__", name))
        homes.add(full)
        top = full.partition(".")[0]
        found["modules"][name] = {"name": full, "version": _version(top), "origin": _origin(top)}
        return
    found["objects"][name] = _dotted(value)
    homes.add(str(value.__module__))
    if _has_random_state(value):
        found["random_state"].append(name)


def _dotted(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"[:_LETTERS]


def _has_random_state(value: Any) -> bool:
    function = value.__init__ if isinstance(value, type) else value  # type: ignore[misc]  # of this very class
    if hasattr(function, "__wrapped__"):
        function = inspect.unwrap(function)
    code = getattr(function, "__code__", None)
    if code is None:
        return False
    return "random_state" in code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]


@functools.lru_cache(maxsize=1000)
def _origin(top: str) -> str:
    if top in OWN:
        return "installed"
    if top in sys.stdlib_module_names or top in sys.builtin_module_names:
        return "stdlib"
    spec = vars(sys.modules[top]).get("__spec__") if top in sys.modules else None
    file = getattr(spec, "origin", None)
    return origin(file) if isinstance(file, str) else "user"


@functools.lru_cache(maxsize=1000)
def _version(top: str) -> str | None:
    if _origin(top) == "stdlib":
        return None
    # What the module says of itself costs nothing; metadata is looked for on the disk.
    said = vars(sys.modules[top]).get("__version__") if top in sys.modules else None
    if isinstance(said, str):
        return said[:100]
    # No distribution has the name of our own packages, and to find that takes a listing of all.
    if _origin(top) != "installed" or top in OWN:
        return None
    try:
        return importlib.metadata.version(top)
    except importlib.metadata.PackageNotFoundError:
        return None


def literals(frame: FrameType, secrets: Sequence[str] = ()) -> dict[str, str]:
    """Returns the arguments of a function that are plain and short, as source text.

    They are as they are now: a function may have bound such a name to something else, or changed
    the list that it was given. Names that sound like secrets are left out, as is what has a
    password in a URL, or a secret that is known.

    Args:
        frame: Of the function.
        secrets: Those that are known.
    """
    code = frame.f_code
    if not code.co_flags & inspect.CO_OPTIMIZED:
        return {}
    count = code.co_argcount + code.co_kwonlyargcount
    count += bool(code.co_flags & inspect.CO_VARARGS) + bool(code.co_flags & inspect.CO_VARKEYWORDS)
    live = frame.f_locals
    found = {}
    left = _LETTERS
    for name in code.co_varnames[:count]:
        if name in live and not _SECRET.search(name) and _is_plain(live[name], _DEPTH):
            text = repr(live[name])
            is_secret = redact(text) != text or any(repr(each)[1:-1] in text for each in secrets)
            if len(text) <= left and not is_secret:
                found[name] = text
                left -= len(text)
    return found


def may_be_secret(argument: str, secrets: Sequence[str] = ()) -> bool:
    """Returns whether an argument of a command names a secret, or has one in it."""
    return (
        (argument.startswith("-") and _SECRET.search(argument) is not None)
        or redact(argument) != argument
        or any(each in argument for each in secrets)
    )


def _is_plain(value: object, depth: int) -> bool:
    kind = type(value)  # exactly: a subclass has a repr of its own
    if value is None or kind is bool:
        return True
    if kind is int:
        return abs(value) < 10**100  # type: ignore[arg-type]  # mypy does not narrow by identity
    if kind is float:
        return math.isfinite(value)  # type: ignore[arg-type]  # as above
    if kind is str or kind is bytes:
        return len(value) <= _LETTERS  # type: ignore[arg-type]  # as above
    if depth and (kind is tuple or kind is list):
        return len(value) <= _LETTERS and all(_is_plain(each, depth - 1) for each in value)  # type: ignore[arg-type,attr-defined]  # as above
    if depth and kind is dict:
        return len(value) <= _LETTERS and all(  # type: ignore[arg-type]  # as above
            _is_plain(key, 0)
            and _is_plain(each, depth - 1)
            and not (isinstance(key, str) and _SECRET.search(key))
            for key, each in value.items()  # type: ignore[attr-defined]  # as above
        )
    return False
