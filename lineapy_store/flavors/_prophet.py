"""What ``mlflow.prophet`` keeps of a value: Prophet's own JSON, from which a Prophet is made."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any

from lineapy_store.flavors._flavor import Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping


def obstacle(value: Any) -> str | None:
    """Tell what would not survive."""
    if getattr(value, "history", None) is None:
        return "it has not been fitted: Prophet writes fitted models only"
    names = importlib.import_module("prophet.serialize").SIMPLE_ATTRIBUTES
    try:
        json.dumps({name: getattr(value, name) for name in (*names, "seasonalities")})
    except (TypeError, ValueError) as problem:
        return f"its settings cannot be written as JSON ({problem})"
    return None


def modules(_value: Any) -> frozenset[str]:
    """JSON refers to nothing."""
    return frozenset()


def prepare(value: Any, _given: Mapping[str, Any]) -> Prepared:
    """Tell what becomes of a subclass."""
    kind = type(value)
    if kind.__module__.startswith("prophet."):
        return Prepared()
    return Prepared(reason=f"{kind.__module__}.{kind.__qualname__} is loaded as a plain Prophet")
