"""What differs between two values, path by path.

Nothing here imports NumPy, pandas or a model library: a value of theirs has brought it.
"""

from __future__ import annotations

from lineapy_store.comparison._difference import Difference
from lineapy_store.comparison._walk import differences

__all__ = ["Difference", "differences"]
