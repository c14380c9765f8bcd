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
        entry = _find(base, kind)
        if entry:
            return entry
    return Entry((_objects.attributes, _objects.hidden))


def _find(base: type, kind: type) -> Entry | None:
    if base in _WHOLE:
        return Entry((_WHOLE[base],))
    for library in _LIBRARIES:
        found = library(base)
        if found:
            return Entry(found.comparers, found.leaf)
    known = _scalars.is_known(base)
    compare = _scalars.reduced if known else _LEAVES.get(base) or _NODES.get(base)
    if compare is None:
        return None
    if base is kind and not kind.__dictoffset__:
        return Entry((compare,), leaf=base not in _NODES)
    # The slots of what is known are caches.
    caches = [name for each in base.__mro__ for name in _objects.slots(each)] if known else []
    attributes = functools.partial(_objects.attributes, ignored=frozenset(caches))
    is_c = not known and base is not BaseException and _objects.hides(kind, base)
    return Entry((compare, attributes, _objects.hidden) if is_c else (compare, attributes))
