"""Which class is compared how."""

from __future__ import annotations

import _thread
import collections
import enum
import functools
import pickle
import types
import weakref
import zoneinfo
from typing import TYPE_CHECKING, NamedTuple

from lineapy_store.comparison import (
    _code,
    _containers,
    _models,
    _numpy,
    _objects,
    _pandas,
    _scalars,
)

if TYPE_CHECKING:
    from lineapy_store.comparison._steps import Comparer


class Entry(NamedTuple):
    """How the instances of a class are compared.

    Attributes:
        comparers: What yields the differences and pairs of two instances, one after the other.
        leaf: Whether they have no parts of their own, and so are reported wherever they are met.
    """

    comparers: tuple[Comparer, ...]
    leaf: bool = False


_LEAVES: dict[type, Comparer] = {
    **dict.fromkeys((bool, types.NoneType), _scalars.value),
    int: _scalars.value,
    str: _scalars.value,
    bytes: _scalars.value,
    bytearray: _scalars.value,
    float: _scalars.floating,
    complex: _scalars.complex_number,
    memoryview: _scalars.memory,
    zoneinfo.ZoneInfo: _scalars.zone,
    pickle.PickleBuffer: _scalars.memory,
}
_NODES: dict[type, Comparer] = {
    list: _containers.sequence,
    tuple: _containers.sequence,
    collections.deque: _containers.deque,
    dict: _containers.mapping,
    collections.defaultdict: _containers.defaultdict,
    collections.OrderedDict: _containers.mapping,
    types.MappingProxyType: _containers.mapping,
    set: _containers.members,
    frozenset: _containers.members,
    BaseException: _objects.exception,
    functools.partial: _code.partial,
    weakref.ref: _objects.reference,
    _thread.LockType: _objects.nothing,
    _thread.RLock: _objects.nothing,
}
#: What has no attributes beyond those that its comparer looks at.
_WHOLE: dict[type, Comparer] = {
    type: _code.class_,
    types.ModuleType: _code.module,
    types.FunctionType: _code.function,
    types.BuiltinFunctionType: _code.builtin,
    types.MethodType: _code.method,
    types.CodeType: _code.code,
    types.CellType: _code.cell,
    property: _code.property_,
    staticmethod: _code.wrapped,
    classmethod: _code.wrapped,
}
_LIBRARIES = (_numpy.find, _pandas.find, _models.find)


def find(kind: type) -> Entry:
    """How the instances of a class are compared: as those of the nearest known base."""
    if issubclass(kind, enum.Enum):
        # Whatever else they are, such as numbers: there is one of each.
        return Entry((_scalars.member,), leaf=True)
    for base in kind.__mro__:
        entry = _find(base, has_more=base is not kind or bool(kind.__dictoffset__))
        if entry:
            return entry
    return Entry((_objects.attributes, _objects.hidden))


def _find(kind: type, *, has_more: bool) -> Entry | None:
    if kind in _WHOLE:
        return Entry((_WHOLE[kind],))
    for library in _LIBRARIES:
        found = library(kind)
        if found:
            return Entry(found.comparers, found.leaf)
    compare = _LEAVES.get(kind) or (_scalars.reduced if _scalars.is_known(kind) else None)
    leaf = compare is not None and not has_more
    compare = compare or _NODES.get(kind)
    if compare is None:
        return None
    return Entry((compare, _objects.attributes) if has_more else (compare,), leaf)
