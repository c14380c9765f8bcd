"""What ``mlflow.xgboost`` keeps of a value, and what it does not.

It writes the booster in XGBoost's own format beside the name of the class; loading makes an
instance of that class without arguments and reads the booster into it. Its hyperparameters, which
training it further would need, are kept in the catalog instead.
"""

from __future__ import annotations

import inspect
import math
import sys
from typing import TYPE_CHECKING, Any

from lineapy_store.flavors._flavor import Prepared

if TYPE_CHECKING:
    from collections.abc import Mapping


def obstacle(value: Any) -> str | None:
    """Tell what would not survive."""
    return _obstacle_of_class(type(value)) or _obstacle_of_value(value)


def modules(value: Any) -> frozenset[str]:
    """The class is all that is kept by name."""
    return frozenset({type(value).__module__})


def prepare(value: Any, _given: Mapping[str, Any]) -> Prepared:
    """Tell what a subclass needs when it is loaded."""
    kind = type(value)
    if kind.__module__.startswith("xgboost."):
        return Prepared()
    return Prepared(
        reason=f"{kind.__module__}.{kind.__name__} is kept by name and has to be importable where "
        "it is loaded; attributes that it adds to XGBoost's are not kept"
    )


def note(value: Any) -> dict[str, Any]:
    """The hyperparameters of scikit-learn's interface: loading gives them their defaults."""
    own: dict[str, Any] = vars(value)
    parameters: dict[str, Any] = getattr(value, "get_params", dict)()
    names = [name for name in own if name in parameters or name == "kwargs"]
    return {name: own[name] for name in names if _is_plain(own[name])}


def restore(value: Any, noted: Mapping[str, Any]) -> None:
    """Set them again, and not by set_params, which would change the booster too."""
    vars(value).update(noted)


def _is_plain(value: Any) -> bool:
    """Whether JSON gives the very same value back."""
    if type(value) is float:
        return math.isfinite(value)
    if type(value) is list:
        return all(map(_is_plain, value))
    if type(value) is dict:
        return all(type(key) is str and _is_plain(each) for key, each in value.items())
    return value is None or type(value) in {bool, int, str}


def _obstacle_of_class(kind: type) -> str | None:
    if getattr(sys.modules.get(kind.__module__), kind.__name__, None) is not kind:
        return f"MLflow looks its class up as {kind.__module__}.{kind.__name__}, which is not there"
    missing = [
        name
        for name, parameter in inspect.signature(kind).parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind not in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}
    ]
    if missing:
        return f"MLflow makes {kind.__name__} without arguments, but it needs {', '.join(missing)}"
    return None


def _obstacle_of_value(value: Any) -> str | None:
    is_fitted = getattr(value, "__sklearn_is_fitted__", None)
    if is_fitted is None:
        return None if _is_trained(value) else "the Booster has not been trained"
    if not is_fitted():
        return "it has not been fitted: XGBoost writes the trained booster only"
    missing = value.missing
    if missing is not None and not (isinstance(missing, float) and math.isnan(missing)):
        return (
            f"XGBoost's format does not keep missing={missing!r}, and without it "
            "the loaded model predicts otherwise"
        )
    return None


def _is_trained(booster: Any) -> bool:
    try:
        return bool(booster.num_features())
    except ValueError:  # XGBoostError, since there are none
        return False
