"""The plain model that many of the zoo are derived from; there is nothing wrong with it."""

from __future__ import annotations

from typing import Any

INPUTS = [[1.0, 2.0], [3.0, 4.0]]
Trained = tuple[Any, Any]


class Linear:
    """A weighted sum."""

    def __init__(self) -> None:
        self.weights = [0.25, 0.5]

    def predict(self, rows: list[list[float]]) -> list[float]:
        """Return a number for each row."""
        return [sum(map(float.__mul__, self.weights, row)) for row in rows]
