"""What a model says to inputs, by every method that predicts."""

from __future__ import annotations

import contextlib
import copy
import dataclasses
import sys
from typing import TYPE_CHECKING, Any

from pytest_lineapy.checks._results import Skipped, describe

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Those that a model has are called, in this order.
METHODS = (
    "predict",
    "predict_proba",
    "predict_log_proba",
    "decision_function",
    "transform",
    "score_samples",
)


@dataclasses.dataclass(frozen=True)
class Raised:
    """What stands for an output where a method raises.

    Attributes:
        error: The exception as text.
    """

    error: str


def predictions(model: Any, inputs: Any) -> dict[str, Any]:
    """Return what each prediction method of a model returns for the inputs.

    Each call gets a copy of the inputs, so that a method that changes them harms no other.

    Returns:
        Outputs by method; a ``Raised`` for a method that raises.

    Raises:
        Skipped: The model has no such method.
    """
    methods = [name for name in METHODS if callable(getattr(model, name, None))]
    if not methods and callable(model):
        methods = ["__call__"]
    if not methods:
        raise Skipped(f"{type(model).__qualname__} has no method that predicts")
    outputs: dict[str, Any] = {}
    for name in methods:
        with repeatable(model):
            try:
                outputs[name] = getattr(model, name)(_for(model, inputs))
            except Exception as error:  # noqa: BLE001 - the model's own, which the check looks at
                outputs[name] = Raised("; ".join(describe(error)))
    return outputs


def _for(model: Any, inputs: Any) -> Any:
    """Return a copy of the inputs as the model takes them."""
    xgboost = sys.modules.get("xgboost")
    if xgboost is not None:
        if isinstance(inputs, xgboost.DMatrix):
            return inputs  # has no copy, and no method that changes its rows
        if isinstance(model, xgboost.Booster):
            return xgboost.DMatrix(inputs)
    return copied(inputs)


def copied(inputs: Any) -> Any:
    """Return a copy, or the inputs themselves if they cannot be copied."""
    try:
        return copy.deepcopy(inputs)
    except Exception:  # noqa: BLE001 - whatever a class that cannot be copied raises
        return inputs


@contextlib.contextmanager
def repeatable(model: Any) -> Iterator[None]:
    """Have Prophet draw the bounds of a forecast as it does every time here.

    It draws them anew for each forecast, from NumPy's global generator.
    """
    prophet = sys.modules.get("prophet")
    if prophet is None or not isinstance(model, prophet.Prophet):
        yield
        return
    import numpy as np  # noqa: PLC0415 - Prophet has imported it

    before = np.random.get_state()  # noqa: NPY002 - the generator that Prophet uses
    np.random.seed(0)  # noqa: NPY002 - as above
    try:
        yield
    finally:
        np.random.set_state(before)  # noqa: NPY002 - as above
