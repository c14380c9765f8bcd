"""Models of NumPy and pandas, each broken in one way that a round trip has to show."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

INPUTS = np.arange(6.0).reshape(3, 2) / 7
Trained = tuple[Any, Any]


class Linear:
    """What the broken ones are derived from; there is nothing wrong with it."""

    def __init__(self) -> None:
        self.weights = np.array([1 / 3, 2 / 3])

    def predict(self, rows: Any) -> Any:
        """Return an array with a number for each row."""
        return rows @ self.weights


class _Narrowed(Linear):
    def __getstate__(self) -> dict[str, Any]:
        return {"weights": self.weights.astype("float32")}


def narrowed_to_float32() -> Trained:
    """Weights are saved as float32."""
    return _Narrowed(), INPUTS


class _NarrowedAndBack(Linear):
    def __getstate__(self) -> dict[str, Any]:
        return {"weights": self.weights.astype("float32").astype("float64")}


def narrowed_and_widened_again() -> Trained:
    """Weights go through float32, so that only their last digits tell."""
    return _NarrowedAndBack(), INPUTS


class _ByCity:
    def __init__(self) -> None:
        cities = pd.Categorical(["Oslo", "Rome"], categories=["Oslo", "Paris", "Rome"])
        self.means = pd.DataFrame({"city": cities, "mean": [1.0, 3.0]})

    def __getstate__(self) -> dict[str, Any]:
        used = self.means["city"].cat.remove_unused_categories()
        return {"means": self.means.assign(city=used)}

    def predict(self, rows: Any) -> Any:
        return rows["city"].astype(self.means["city"].dtype).cat.codes.to_numpy()


def missing_category() -> Trained:
    """A category that no row of its table has is left out, and the codes of others move."""
    return _ByCity(), pd.DataFrame({"city": ["Rome", "Paris"]})


class _DropsIndex:
    def __init__(self) -> None:
        self.coefficients = pd.Series([1 / 3, 2 / 3], index=["age", "income"])

    def __getstate__(self) -> dict[str, Any]:
        return {"coefficients": pd.Series(self.coefficients.to_numpy())}

    def predict(self, rows: Any) -> Any:
        return rows.to_numpy() @ self.coefficients.to_numpy()


def index_is_dropped() -> Trained:
    """Coefficients lose the names of their features; predictions do not change."""
    return _DropsIndex(), pd.DataFrame({"age": [1.0], "income": [2.0]})


class _InOneFile:
    def __init__(self, path: str) -> None:
        self.path = path
        self.weights: Any = np.memmap(path, dtype="float64", mode="r+", shape=(2,))

    def __reduce__(self) -> tuple[type, tuple[str]]:
        return type(self), (self.path,)

    def predict(self, rows: Any) -> Any:
        return np.asarray(rows @ self.weights)


def weights_in_a_shared_file() -> Trained:
    """All that are loaded map the one file of weights, for writing."""
    path = Path.cwd() / "weights.bin"
    weights: Any = np.array([1 / 3, 2 / 3])
    weights.tofile(path)
    return _InOneFile(str(path)), INPUTS


class _Bootstraps(Linear):
    def predict(self, rows: Any) -> Any:
        return super().predict(rows) + np.random.default_rng().normal(size=len(rows))


def random_generator_without_seed() -> Trained:
    """Each prediction draws from a generator that is seeded by the system."""
    return _Bootstraps(), INPUTS
