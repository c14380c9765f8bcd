# target: result
from __future__ import annotations

from typing import Dict, List, TypeVar

T = TypeVar("T")
Table = Dict[str, List[int]]
limit: int = 3
unused: Table = {}


def first(items: List[T]) -> T:
    return items[0]


table: Table = {"a": [1, 2], "b": [3]}
result: int = first(table["b"])
note: str
print(limit, unused)
