"""What ``mlflow.statsmodels`` keeps of a value: a pickle, written by the value's own ``save``."""

from __future__ import annotations

import concurrent.futures
from typing import TYPE_CHECKING, Any

from lineapy_store.flavors._flavor import Prepared
from lineapy_store.flavors._references import references

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_ROWS = 20  # of the training data, to see which names a formula uses


def obstacle(value: Any) -> str | None:
    """Tell what would not survive."""
    if not callable(getattr(value, "save", None)):
        return f"{type(value).__name__} is not a fitted result with a save() of its own"
    if name := _undefined_name(value):
        return f"its formula uses {name!r}, which statsmodels looks up anew where it is loaded"
    problem = references(value, by_value=False).error
    return problem and f"it cannot be pickled ({problem})"


def modules(value: Any) -> frozenset[str]:
    """Everything in the pickle."""
    return references(value, by_value=False).modules


def prepare(value: Any, _given: Mapping[str, Any]) -> Prepared:
    """Tell what loading takes for granted."""
    if "__main__" not in references(value, by_value=False).modules:
        return Prepared()
    return Prepared(reason="it refers to what __main__ defines, and loads only where that is too")


def _undefined_name(value: Any) -> str | None:
    """The first name in the value's formula that a new process would not know, if any.

    Unpickling evaluates the formula again, with the names that it finds in the frames that called
    it. So that is done here with a few rows, in a thread, where none of the user's frames are.
    """
    data: Any = getattr(getattr(value, "model", None), "data", None)
    state: Any = data.__getstate__() if hasattr(data, "__setstate__") else {}
    if not any(key.startswith("restore_") for key in state):
        return None
    if "frame" in state:
        state["frame"] = state["frame"].head(_ROWS)
    copy = object.__new__(type(data))
    with concurrent.futures.ThreadPoolExecutor(max_workers=1) as executor:
        problem = executor.submit(copy.__setstate__, state).exception()
    for cause in _causes(problem):
        if isinstance(cause, NameError):
            return cause.name or str(cause)
    return None


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
