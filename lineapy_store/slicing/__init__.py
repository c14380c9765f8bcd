"""Program slices: the statements that made a value, and nothing else.

``slice_source`` is a function of texts and plain data: it runs nothing, imports nothing of the
program, and needs none of its libraries.
"""

from __future__ import annotations

from lineapy_store.slicing._slice import slice_source

__all__ = ["slice_source"]
