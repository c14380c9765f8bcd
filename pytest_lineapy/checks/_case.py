"""What is checked: a model, or the function that trains it, and inputs for its predictions."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import math
import os
import time
import types
from typing import TYPE_CHECKING, Any

from pytest_lineapy.checks._results import quiet

if TYPE_CHECKING:
    from collections.abc import Mapping

_FUNCTIONS = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, functools.partial)


@dataclasses.dataclass(frozen=True)
class Trained:
    """A trained model.

    Attributes:
        model: The model.
        inputs: What its prediction methods take; None if nobody gave any.
        environment: The variables that training has set, as they were before; None for unset.
        is_pair: Whether the function that trains it has returned it with inputs.
        seconds: How long that function took.
    """

    model: Any
    inputs: Any
    environment: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    is_pair: bool = False
    seconds: float = 0.0


@dataclasses.dataclass(frozen=True)
class ModelCase:
    """A model to put through the round-trip checks.

    Args:
        model: A fitted model; or a function without required arguments that trains and returns
            one, or a tuple ``(model, inputs)``.
        inputs: What the model's prediction methods take, such as an array of shape (rows, features)
            or a DataFrame. Without any, checks that need inputs are skipped.
        name: What the checks are called after: an id that stays the same from run to run. By
            default the name of the function or of the model's class.
        rtol: How far predictions may be off, relative to the value, and so the numbers of a model
            that is trained again. By default not at all.
        atol: The same in the number's own unit.
        save_arguments: Keywords for ``save``, which passes them to MLflow's ``log_model``.

    Raises:
        TypeError: ``model`` is a class, or a function that has required arguments.
        ValueError: A tolerance is negative or no number, or the name is empty.
    """

    model: Any
    inputs: Any = dataclasses.field(default=None, kw_only=True)
    name: str = dataclasses.field(default="", kw_only=True)
    rtol: float = dataclasses.field(default=0.0, kw_only=True)
    atol: float = dataclasses.field(default=0.0, kw_only=True)
    save_arguments: Mapping[str, Any] = dataclasses.field(default_factory=dict, kw_only=True)

    def __post_init__(self) -> None:
        if isinstance(self.model, type):
            raise TypeError(
                f"the model is the class {self.model.__qualname__}: give an instance that is "
                "fitted, or a function that trains one"
            )
        if self.is_function and (required := _required(self.model)):
            raise TypeError(
                f"{_name_of(self.model)}() cannot be called without {', '.join(required)}: give "
                "functools.partial(...), or a function without required arguments"
            )
        for key in ("rtol", "atol"):
            tolerance = getattr(self, key)
            if not (isinstance(tolerance, (int, float)) and 0 <= tolerance < math.inf):
                raise ValueError(f"{key} is {tolerance!r}, but it has to be a number from 0 on")
        if not self.name:
            object.__setattr__(self, "name", _name_of(self.model))
        if not isinstance(self.name, str) or not self.name.strip():
            raise ValueError(f"the name of a model case is {self.name!r}: give it one to read")

    @property
    def is_function(self) -> bool:
        """Whether ``model`` is what trains it."""
        return isinstance(self.model, _FUNCTIONS)

    def train(self) -> Trained:
        """Call the function if it is one; what it raises comes out, what it warns of does not."""
        if not self.is_function:
            return Trained(self.model, self.inputs)
        before, started = dict(os.environ), time.perf_counter()
        with quiet():
            made = self.model()
        seconds = time.perf_counter() - started
        names = before.keys() | os.environ.keys()
        changed = {
            name: before.get(name) for name in names if before.get(name) != os.environ.get(name)
        }
        is_pair = isinstance(made, tuple) and len(made) == 2  # noqa: PLR2004 - (model, inputs)
        model, inputs = made if is_pair else (made, None)
        inputs = inputs if self.inputs is None else self.inputs
        return Trained(model, inputs, changed, is_pair=is_pair, seconds=seconds)


def _name_of(model: Any) -> str:
    while isinstance(model, functools.partial):
        model = model.func
    return str(getattr(model, "__name__", type(model).__name__))


def _required(function: Any) -> list[str]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # of a function in C, which tells when it is called
        return []
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        each.name
        for each in parameters
        if each.default is inspect.Parameter.empty and each.kind not in variable
    ]
