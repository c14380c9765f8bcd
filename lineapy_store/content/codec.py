"""Objects to pickle streams with their large buffers beside, and back."""

from __future__ import annotations

import dataclasses
import pickle
from typing import TYPE_CHECKING, Any

import cloudpickle

from lineapy_store.content.culprit import find_culprit
from lineapy_store.errors import SerializationError

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALLEST_BUFFER = 4096
"""Bytes; a smaller buffer goes into the stream, where copying it costs less than its entry."""


@dataclasses.dataclass(frozen=True)
class Encoded:
    """A pickled value.

    Attributes:
        stream: The pickle, protocol 5.
        buffers: What the stream leaves out: the value's own memory, not copied, each at least
            ``SMALLEST_BUFFER`` bytes.
    """

    stream: memoryview
    buffers: tuple[memoryview, ...]


def encode(value: object) -> Encoded:
    """Pickle a value without copying its arrays.

    Args:
        value: Anything that cloudpickle can pickle.

    Returns:
        The stream and the buffers, which still are the value's memory.

    Raises:
        SerializationError: The value, or a part of it, cannot be pickled; the message has the
            path to that part, such as ``.steps[1][1].callback`` or ``['model'].fh``.
    """
    buffers: list[memoryview] = []

    def keep_in_stream(buffer: pickle.PickleBuffer) -> bool:
        if memoryview(buffer).nbytes < SMALLEST_BUFFER:
            return True
        buffers.append(buffer.raw())
        return False

    try:
        stream = cloudpickle.dumps(value, protocol=5, buffer_callback=keep_in_stream)
    except MemoryError:
        raise
    except Exception as error:
        raise SerializationError(_explain(value, error)) from error
    return Encoded(memoryview(stream), tuple(buffers))


def decode(stream: memoryview, buffers: Sequence[memoryview], *, origin: str) -> Any:
    """Unpickle a value from bytes that have been verified.

    Args:
        stream: The pickle.
        buffers: What it left out, in order; the value's arrays will be this memory, read-only
            where the stream says that it was.
        origin: Where the bytes are from, for messages.

    Returns:
        The value.

    Raises:
        SerializationError: The bytes are what was saved, but this process cannot make the value
            of them; the message says what is missing.
    """
    try:
        return pickle.loads(stream, buffers=buffers)  # noqa: S301 - verified by the caller
    except MemoryError:
        raise
    except ModuleNotFoundError as error:
        raise SerializationError(
            f"loading {origin} needs the module {error.name!r}, which this Python does not have: "
            "install its package, or put its folder on sys.path"
        ) from error
    except (AttributeError, ImportError) as error:
        raise SerializationError(
            f"loading {origin} needs something that is not where it was ({error}): install the "
            "version of the package that the value was saved with, or put the class or function "
            "back under its old name"
        ) from error
    except Exception as error:
        raise SerializationError(
            f"{origin} is intact, but the value cannot be rebuilt from it: "
            f"{type(error).__name__}: {error}. The versions of the packages that it was saved "
            "with are in the artifact's metadata"
        ) from error


def _explain(value: object, error: Exception) -> str:
    culprit = find_culprit(value, error)
    reason = culprit.error
    if isinstance(reason, RecursionError) or isinstance(reason.__context__, RecursionError):
        why = "it is nested too deeply for Python's recursion limit"
    else:
        why = f"{type(reason).__name__}: {reason}"
    if not culprit.path:
        return f"a value of type {_name(value)} cannot be pickled: {why}"
    return (
        f"a value of type {_name(value)} cannot be pickled because of {culprit.path}, of type "
        f"{_name(culprit.value)}: {why}. Remove that part before saving, or leave it out in the "
        "__getstate__ of the object that holds it"
    )


def _name(value: object) -> str:
    kind = type(value)
    module = "" if kind.__module__ == "builtins" else f"{kind.__module__}."
    return f"{module}{kind.__qualname__}"
