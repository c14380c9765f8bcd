"""The flavors. A new one is an entry here, the functions that it names, and a test."""

from __future__ import annotations

import importlib.util

from lineapy_store.flavors import _prophet, _sklearn, _statsmodels, _xgboost
from lineapy_store.flavors._flavor import Flavor

# In order of precedence: libraries that build on scikit-learn come before it.
FLAVORS = (
    Flavor(
        name="xgboost",
        library="xgboost",
        distributions=("xgboost", "xgboost-cpu"),
        takes=("xgboost.core.Booster", "xgboost.sklearn.XGB"),
        requires=lambda _arguments: frozenset({"numpy", "pandas", "scipy", "sklearn"}),
        obstacle=_xgboost.obstacle,
        modules=_xgboost.modules,
        prepare=_xgboost.prepare,
        note=_xgboost.note,
        restore=_xgboost.restore,
    ),
    Flavor(
        name="prophet",
        library="prophet",
        distributions=("prophet",),
        takes=("prophet.forecaster.Prophet",),
        requires=lambda _arguments: frozenset(),
        obstacle=_prophet.obstacle,
        modules=_prophet.modules,
        prepare=_prophet.prepare,
    ),
    Flavor(
        name="statsmodels",
        library="statsmodels",
        distributions=("statsmodels",),
        takes=("statsmodels.",),
        requires=lambda _arguments: frozenset({"numpy", "pandas", "scipy"}),
        obstacle=_statsmodels.obstacle,
        modules=_statsmodels.modules,
        prepare=_statsmodels.prepare,
    ),
    Flavor(
        name="sklearn",
        library="sklearn",
        distributions=("scikit-learn",),
        takes=("sklearn.base.",),
        requires=_sklearn.requires,
        obstacle=_sklearn.obstacle,
        modules=_sklearn.modules,
        prepare=_sklearn.prepare,
    ),
)


def find(value: object) -> Flavor | None:
    """Find the flavor of a value, by the names of the classes in its MRO.

    Nothing is imported, and no code of the value's is run. Subclasses have the flavor of what
    they inherit from, wherever they are defined; classes and functions themselves have none.
    """
    names = [f"{kind.__module__}.{kind.__qualname__}" for kind in type(value).__mro__]
    for flavor in FLAVORS:
        if any(name.startswith(flavor.takes) for name in names):
            return flavor
    return None


def named(name: str) -> Flavor:
    """The flavor that MLflow calls by this name.

    Raises:
        KeyError: There is none such in the table.
    """
    return {flavor.name: flavor for flavor in FLAVORS}[name]


def mlflow_missing() -> str | None:
    """Why MLflow cannot be used here, or None. Imports nothing."""
    try:
        found = importlib.util.find_spec("mlflow") is not None
    except ValueError:  # imported, and made without a spec
        found = True
    return None if found else "mlflow is not installed"
