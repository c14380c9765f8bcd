"""Program slices: the statements that made a value, and nothing else.

``slice_source`` is a function of texts and plain data: it runs nothing, imports nothing of the
program, and needs none of its libraries.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lineapy_store.slicing._slice import slice_source

__all__ = ["slice_source"]


def __getattr__(name: str) -> Any:
    """Import the slicer when it is asked for: a save only looks where it was called."""
    if name != "slice_source":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from lineapy_store.slicing._slice import slice_source  # noqa: PLC0415 - see above

    return slice_source
