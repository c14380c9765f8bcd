"""Sound models whose training is not: run again in a new interpreter, it makes another model."""

from __future__ import annotations

import os
import random
import time
from pathlib import Path
from typing import Any

from .linear import INPUTS, Linear, Trained


class _Weighted(Linear):
    def __init__(self, *weights: float) -> None:
        self.weights = list(weights)


_settings = {"scale": 1.0}


def earlier_tests() -> None:
    """Do what other tests leave behind in a process: a global, and an environment variable."""
    _settings["scale"] = 2.0
    os.environ["CHURN_SCALE"] = "2.0"


def trains_on_the_clock() -> Trained:
    """A weight is what time it is."""
    return _Weighted(time.time(), 0.5), INPUTS


def random_start() -> Trained:
    """Training begins at random, without a seed."""
    return _Weighted(random.random(), 0.5), INPUTS  # noqa: S311 - no secret


def reads_a_global() -> Trained:
    """Training reads a global that something before it has changed."""
    return _Weighted(_settings["scale"], 0.5), INPUTS


def reads_an_environment_variable() -> Trained:
    """Training reads a variable that something before it has set."""
    return _Weighted(float(os.environ.get("CHURN_SCALE", "1.0")), 0.5), INPUTS


def needs_an_environment_variable() -> Trained:
    """Training cannot do without a variable that something before it has set."""
    return _Weighted(float(os.environ["CHURN_SCALE"]), 0.5), INPUTS


def goes_on_from_a_file() -> Trained:
    """Training begins with what it has left in the working directory before."""
    file = Path("scale.txt")
    scale = float(file.read_text()) * 2 if file.exists() else 1.0
    file.write_text(str(scale))
    return _Weighted(scale, 0.5), INPUTS


def runs_only_once() -> Trained:
    """Training refuses to overwrite its own results."""
    Path("results").mkdir()
    return _Weighted(0.25, 0.5), INPUTS


class _OneWeightEach:
    def __init__(self, names: set[str]) -> None:
        self.weights = [float(name.removeprefix("feature")) for name in names]

    def predict(self, rows: list[list[float]]) -> list[float]:
        """Return a number for each row."""
        return [sum(map(float.__mul__, self.weights, row)) for row in rows]


def features_in_the_order_of_a_set() -> Trained:
    """Weights are those of features in the order of a set of their names."""
    return _OneWeightEach({f"feature{number}" for number in range(20)}), INPUTS


def forest_without_a_seed() -> Any:
    """Trees are drawn from NumPy's global generator, which nobody has seeded."""
    from sklearn.ensemble import RandomForestClassifier  # noqa: PLC0415 - of this one alone

    return RandomForestClassifier(3).fit([[0.0], [1.0], [2.0], [3.0]] * 5, [0, 1, 0, 1] * 5)
