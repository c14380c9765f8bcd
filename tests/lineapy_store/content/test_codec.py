"""Pickling values, and saying which part of one cannot be pickled."""

from __future__ import annotations

import copyreg
import functools
import pickle
import sys
import threading
import types
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lineapy_store.content import encode
from lineapy_store.content.codec import SMALLEST_BUFFER, decode
from lineapy_store.errors import SerializationError

if TYPE_CHECKING:
    from collections.abc import Callable

LOCK = threading.Lock()


class Node:
    """An object with whatever attributes are given."""

    def __init__(self, **attributes: object) -> None:
        vars(self).update(attributes)


class Slotted:
    """An object without ``__dict__``."""

    __slots__ = ("first", "second")

    def __init__(self, first: object, second: object) -> None:
        self.first, self.second = first, second


class Stateful:
    """An object that gives pickle something else than its attributes."""

    def __init__(self, lock: object) -> None:
        self.lock = lock

    def __getstate__(self) -> dict[str, object]:
        """What pickle gets."""
        return {"inner": [self.lock]}


class Reduced:
    """An object that is pickled as a call of its class."""

    def __init__(self, argument: object) -> None:
        self.argument = argument

    def __reduce__(self) -> tuple[Any, ...]:
        """What pickle gets."""
        return Reduced, (self.argument,)


class Refusing:
    """An object whose own code refuses to be pickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        """What pickle gets."""
        raise ValueError("connected to a database")


class Entries(dict[str, object]):
    """A subclass of dict."""


def closure(held: object) -> Callable[[], object]:
    """A function that refers to a value around it."""
    return lambda: held


def cyclic(**attributes: object) -> Node:
    """An object whose first part refers back to it."""
    node = Node()
    vars(node).update(child=Node(parent=node), **attributes)
    return node


def deep(levels: int) -> list[Any]:
    """A list in a list in a list."""
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (Node(steps=[("a", 1), ("b", Node(callback=LOCK))]), ".steps[1][1].callback"),
        ({"model": Node(fh=LOCK)}, "['model'].fh"),
        ([1, {"a": (LOCK,)}], "[1]['a'][0]"),
        ({1: {LOCK}}, "[1].members()[0]"),
        ({(LOCK, 1): 2}, ".keys()[0][0]"),
        (Slotted(1, [LOCK]), ".second[0]"),
        (Stateful(LOCK), ".__getstate__()['inner'][0]"),
        (Reduced([LOCK]), ".__reduce_ex__(5)[1][0][0]"),
        ([Refusing()], "[0]"),
        (Entries(a=LOCK), "['a']"),
        ({"call": functools.partial(print, LOCK)}, "['call'].__getstate__()[1][0]"),
        ({"call": closure(LOCK)}, "['call'].__closure__['held']"),
        (Node(data=cyclic(lock=LOCK)), ".data.lock"),
        (cyclic(parts=[cyclic(), cyclic(lock=LOCK)]), ".parts[1].lock"),
        (types.SimpleNamespace(a=[0] * 50 + [LOCK]), ".a[50]"),
    ],
)
def test_path_to_culprit(value: object, path: str) -> None:
    """The message has the path to the innermost part that cannot be pickled, and its type."""
    with pytest.raises(SerializationError) as caught:
        encode(value)
    assert f" because of {path}, of type " in str(caught.value)
    assert "_thread.lock" in str(caught.value) or "test_codec.Refusing" in str(caught.value)


def test_reason_is_kept() -> None:
    """What the part's own code said is in the message and the cause."""
    with pytest.raises(SerializationError, match="ValueError: connected to a database") as caught:
        encode({"x": Refusing()})
    assert isinstance(caught.value.__cause__, ValueError)


def test_value_itself() -> None:
    """A value without parts is named alone."""
    with pytest.raises(SerializationError, match=r"type _thread.lock cannot be pickled: TypeError"):
        encode(LOCK)


def test_nested_too_deeply() -> None:
    """A value that exceeds the recursion limit is an error that says so, in bounded time."""
    with pytest.raises(SerializationError, match=r"\['t'\]\[0\].* nested too deeply"):
        encode({"t": deep(50 * sys.getrecursionlimit())})


def test_search_is_bounded() -> None:
    """Of a value with very many parts the search gives up, and the error still comes."""
    shared = [Node(index=index) for index in range(30_000)]
    with pytest.raises(SerializationError, match="Node cannot be pickled"):
        encode(Node(first=shared, last=LOCK))


def test_search_survives_hostile_parts() -> None:
    """A part whose representation or attributes raise does not stop the search."""

    class Hostile:
        def __repr__(self) -> str:
            raise RuntimeError

        def __getattr__(self, name: str) -> object:
            raise (AttributeError if name.startswith("__") else RuntimeError)(name)

        def __hash__(self) -> int:
            return 1

    with pytest.raises(SerializationError, match=r"of \[<.*\.\.\.\]\[0\], of"):
        encode({Hostile(): [LOCK]})


def test_memory_error_is_left_alone() -> None:
    """Running out of memory is not reported as something about the value."""

    class Large:
        def __reduce__(self) -> tuple[Any, ...]:
            raise MemoryError

    with pytest.raises(MemoryError):
        encode([Large()])


def test_buffers_are_not_copied() -> None:
    """A large buffer is the value's own memory; a small one is in the stream."""
    large, small = bytearray(SMALLEST_BUFFER), bytearray(SMALLEST_BUFFER - 1)
    encoded = encode([pickle.PickleBuffer(large), pickle.PickleBuffer(small)])
    assert [buffer.nbytes for buffer in encoded.buffers] == [SMALLEST_BUFFER]
    large[0] = 1
    assert encoded.buffers[0][0] == 1


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner),
    )
)
def test_any_value_comes_back(value: object) -> None:
    """What is decoded pickles to the same bytes as what was encoded."""
    encoded = encode(value)
    again = encode(decode(encoded.stream, encoded.buffers, origin="here"))
    assert repr(decode(again.stream, again.buffers, origin="here")) == repr(value)


def test_equal_values_encode_equally() -> None:
    """Equal values, made independently, have the same pickle."""
    values = [{"a": [1.5, "x" * 10_000], "b": bytes(10_000)} for _ in range(2)]
    first, second = map(encode, values)
    assert first.stream == second.stream


def test_missing_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value whose module is gone is an error that names the module and what to do."""
    module = types.ModuleType("churn_model")
    exec("class Model: pass", vars(module))  # noqa: S102 - as if it were a user's file
    monkeypatch.setitem(sys.modules, "churn_model", module)
    encoded = encode(module.Model())
    monkeypatch.delitem(sys.modules, "churn_model")
    with pytest.raises(SerializationError, match=r"needs the module 'churn_model'.*sys.path"):
        decode(encoded.stream, encoded.buffers, origin="here")
    monkeypatch.setitem(sys.modules, "churn_model", types.ModuleType("churn_model"))
    with pytest.raises(SerializationError, match=r"'Model'.*old name") as caught:
        decode(encoded.stream, encoded.buffers, origin="here")
    assert isinstance(caught.value.__cause__, AttributeError)


def test_failing_constructor() -> None:
    """An error of the value's own code while it is rebuilt is told with its reason."""
    encoded = encode(Reduced(1))
    broken = bytes(encoded.stream).replace(b"Reduced", b"Slotted")
    with pytest.raises(SerializationError, match=r"here is intact.*TypeError.*second"):
        decode(memoryview(broken), encoded.buffers, origin="here")


def test_registered_reducers_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that pickle takes apart by ``copyreg`` is searched the same way."""
    monkeypatch.setitem(copyreg.dispatch_table, Node, lambda node: (Node, (), {"x": node.held}))
    with pytest.raises(SerializationError, match=r"\[0\]\.__getstate__\(\)\['x'\], of type"):
        encode([Node(held=LOCK)])
