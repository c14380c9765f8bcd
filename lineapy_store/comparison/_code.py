"""Functions, classes and modules: by what they do, wherever they come from."""

from __future__ import annotations

import dis
import types
from typing import TYPE_CHECKING, Any

from lineapy_store.comparison._difference import Difference, class_name
from lineapy_store.comparison._objects import compare_attributes, slots
from lineapy_store.comparison._steps import Pair

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lineapy_store.comparison._steps import Path, Step
    from lineapy_store.comparison._walk import Walk

#: Not the places in a file, which do nothing.
_CODE = (
    *("co_argcount", "co_posonlyargcount", "co_kwonlyargcount", "co_flags", "co_name", "co_names"),
    *("co_varnames", "co_freevars", "co_cellvars", "co_consts", "co_code", "co_exceptiontable"),
)
_FUNCTION = (
    *("__module__", "__qualname__", "__code__", "__defaults__", "__kwdefaults__"),
    *("__annotations__", "__dict__"),
)
#: What Python keeps in a class for its own use.
_OF_PYTHON = frozenset(
    {
        *("__dict__", "__weakref__", "__slotnames__", "__firstlineno__", "__static_attributes__"),
        *("_abc_impl", "__annotate_func__", "__annotations_cache__"),
    }
)
_OF_MODULES = frozenset({"__builtins__", "__cached__", "__file__", "__loader__", "__spec__"})
_GLOBALS = frozenset({"LOAD_GLOBAL", "LOAD_NAME", "DELETE_GLOBAL", "STORE_GLOBAL"})


def _named(left: Any, right: Any, path: Path, names: Iterable[str]) -> Iterator[Step]:
    for name in names:
        ours, theirs = getattr(left, name, None), getattr(right, name, None)
        if ours is not theirs:
            yield Pair(ours, theirs, path.attribute(name))


def function(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare functions, with the variables that they refer to."""
    yield from _named(left, right, path, _FUNCTION)
    ours, theirs = left.__closure__ or (), right.__closure__ or ()
    for name, cell, other in zip(left.__code__.co_freevars, ours, theirs, strict=False):
        yield Pair(cell, other, path.at(f".__closure__[{name!r}]"))
    if left.__globals__ is not right.__globals__:
        names = sorted(_globals(left.__code__) & _globals(right.__code__))
        yield from compare_attributes(
            {name: left.__globals__[name] for name in names if name in left.__globals__},
            {name: right.__globals__[name] for name in names if name in right.__globals__},
            lambda name: path.at(f".__globals__[{name!r}]"),
        )


def _globals(code: types.CodeType) -> frozenset[str]:
    """Names of the global variables that code refers to."""
    names: set[str] = set()
    waiting = [code]
    while waiting:
        current = waiting.pop()
        names.update(
            each.argval for each in dis.get_instructions(current) if each.opname in _GLOBALS
        )
        waiting.extend(each for each in current.co_consts if isinstance(each, types.CodeType))
    return frozenset(names)


def code(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare what is executed."""
    yield from _named(left, right, path, _CODE)


def cell(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare the variables that functions have closed over."""
    ours, theirs = _contents(left), _contents(right)
    if len(ours) != len(theirs):
        yield Difference(str(path), left, right, "value")
    for mine, other in zip(ours, theirs, strict=False):
        yield Pair(mine, other, path)


def _contents(cell: types.CellType) -> list[Any]:
    """What a cell holds; nothing before the variable is assigned."""
    try:
        return [cell.cell_contents]
    except ValueError:
        return []


def builtin(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare functions that are written in C, and such methods of an object."""
    yield from _named(left, right, path, ("__module__", "__qualname__"))
    if not isinstance(left.__self__, types.ModuleType):
        yield Pair(left.__self__, right.__self__, path.attribute("__self__"))


def method(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare methods of an object."""
    yield from _named(left, right, path, ("__func__", "__self__"))


def partial(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare functions with some of their arguments."""
    yield from _named(left, right, path, ("func", "args", "keywords"))


def property_(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare properties."""
    yield from _named(left, right, path, ("fget", "fset", "fdel"))


def wrapped(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare static and class methods."""
    yield from _named(left, right, path, ("__func__",))


def class_(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare classes: other names are another class, the same names are told from the content."""
    if class_name(left) != class_name(right):
        yield Difference(str(path), left, right, "value")
        return
    yield Pair(left.__bases__, right.__bases__, path.attribute("__bases__"))
    ours, theirs = (
        {
            name: member
            for name, member in vars(each).items()
            if name not in _OF_PYTHON and name not in slots(each)
        }
        for each in (left, right)
    )
    yield from compare_attributes(ours, theirs, path.attribute)


def module(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare modules: other names are another module."""
    if left.__name__ != right.__name__:
        yield Difference(str(path), left, right, "value")
        return
    ours, theirs = (
        {name: member for name, member in vars(each).items() if name not in _OF_MODULES}
        for each in (left, right)
    )
    yield from compare_attributes(ours, theirs, path.attribute)
