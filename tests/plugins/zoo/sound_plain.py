"""Sound models without any library: no check may fail."""

from __future__ import annotations

import collections
import dataclasses
import enum
import functools
import sys
import threading
from pathlib import Path
from typing import Any

from .linear import INPUTS, Linear, Trained


def plain_object() -> Trained:
    """An object of a class in a module."""
    return Linear(), INPUTS


class _Locked(Linear):
    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._lock = threading.Lock()

    def predict(self, rows: list[list[float]]) -> list[float]:
        with self._lock:
            return super().predict(rows)


def lock_that_is_made_anew() -> Trained:
    """A lock is left out by ``__getstate__``, and made again by ``__setstate__``."""
    return _Locked(), INPUTS


class _Caches(Linear):
    def __init__(self) -> None:
        super().__init__()
        self.cache: dict[str, list[float]] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "cache": {}}

    def predict(self, rows: list[list[float]]) -> list[float]:
        return self.cache.setdefault(str(rows), super().predict(rows))


def cache_that_is_left_out() -> Trained:
    """What it has predicted is no part of what is saved."""
    return _Caches(), INPUTS


class _WorksOut(Linear):
    @functools.cached_property
    def total(self) -> float:
        return sum(self.weights)

    def __getstate__(self) -> dict[str, Any]:
        return {"weights": self.weights}

    def predict(self, rows: list[list[float]]) -> list[float]:
        return [each / self.total for each in super().predict(rows)]


def cached_property() -> Trained:
    """What a cached property has kept is worked out again."""
    return _WorksOut(), INPUTS


class _Slots:
    __slots__ = ("bias", "weight")

    def __init__(self) -> None:
        self.weight, self.bias = 0.5, 1.0

    def predict(self, rows: list[list[float]]) -> list[float]:
        return [self.weight * row[0] + self.bias for row in rows]


def slots() -> Trained:
    """Attributes in slots, pickled as Python does it."""
    return _Slots(), INPUTS


class Level(enum.Enum):
    """What the rules say."""

    LOW = "low"
    HIGH = "high"


@dataclasses.dataclass(frozen=True)
class _Rules:
    limits: tuple[tuple[float, Level], ...]

    def __call__(self, rows: list[list[float]]) -> list[Level]:
        return [
            next((level for limit, level in self.limits if row[0] < limit), Level.HIGH)
            for row in rows
        ]


def frozen_dataclass_that_is_called() -> Trained:
    """Rules in a frozen dataclass, which is called, and answers with members of an enum."""
    return _Rules(((2.0, Level.LOW), (4.0, Level.HIGH))), INPUTS


def dict_of_models() -> Trained:
    """A dict, which has no method that predicts."""
    return {"EMEA": Linear(), "APAC": Linear(), "default": None}, INPUTS


class _PerRegion(collections.OrderedDict[str, Any]):
    def predict(self, rows: list[dict[str, Any]]) -> list[float]:
        return [self[row["region"]].predict([row["values"]])[0] for row in rows]


def mapping_that_predicts() -> Trained:
    """A subclass of a dict, with a model for each region."""
    return (
        _PerRegion(EMEA=Linear(), APAC=Linear()),
        [{"region": "APAC", "values": [1.0, 2.0]}],
    )


class _Delegates:
    def __init__(self, model: Any) -> None:
        self._model = model

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._model, name)


def delegates() -> Trained:
    """A wrapper that asks its model for what it does not have itself."""
    return _Delegates(Linear()), INPUTS


class _Node:
    def __init__(self, parent: _Node | None = None) -> None:
        self.parent, self.children = parent, [] if parent else [_Node(self), _Node(self)]

    def predict(self, rows: list[list[float]]) -> list[int]:
        return [len(self.children[int(row[0]) % 2].children) for row in rows]


def cycle() -> Trained:
    """A tree whose nodes know their parents."""
    return _Node(), INPUTS


def class_of_a_function() -> Trained:
    """Its class is defined in the function that trains it, and is saved with it."""

    class Local(Linear):
        offset = 1.0

        def predict(self, rows: list[list[float]]) -> list[float]:
            return [each + self.offset for each in super().predict(rows)]

    return Local(), INPUTS


def class_in_main() -> Trained:
    """Its class is in ``__main__``, and is saved with it."""
    main = sys.modules["__main__"]
    source = (
        "class SoundChurn:\n"
        "    def predict(self, rows):\n"
        "        return [sum(row) for row in rows]\n"
    )
    exec(source, vars(main))  # noqa: S102 - as a script does
    return vars(main)["SoundChurn"](), INPUTS


class _Calls:
    def __init__(self, function: Any) -> None:
        self.function = function

    def predict(self, rows: list[list[float]]) -> list[float]:
        return [self.function(row) for row in rows]


def closure() -> Trained:
    """A lambda that closes over numbers is saved with what it closes over."""
    weights = [0.25, 0.5]
    return _Calls(lambda row: sum(map(float.__mul__, weights, row))), INPUTS


class _Remembers(Linear):
    def __init__(self) -> None:
        super().__init__()
        self.trained_in = str(Path.cwd())


def remembers_where_it_was_trained() -> Trained:
    """The working directory is part of it, and predictions are not made there."""
    return _Remembers(), INPUTS


def scaled(scale: float, *, unit: str) -> Trained:
    """A function that does not train without being told how."""
    model = _Calls(sum)
    vars(model).update(scale=scale, unit=unit)
    return model, INPUTS
