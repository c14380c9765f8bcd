"""Finding the flavor of a value needs no library, only the names of classes."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineapy_store import flavors


def make_class(qualified_name: str, *bases: type) -> type:
    """A class that says it is from another library."""
    module, _, name = qualified_name.rpartition(".")
    return type(name, bases, {"__module__": module, "__qualname__": name})


ESTIMATOR = make_class("sklearn.base.BaseEstimator")
LOGISTIC = make_class("sklearn.linear_model._logistic.LogisticRegression", ESTIMATOR)
XGB_MODEL = make_class("xgboost.sklearn.XGBModel", ESTIMATOR)
BOOSTER = make_class("xgboost.core.Booster")
PROPHET = make_class("prophet.forecaster.Prophet")
RESULTS = make_class("statsmodels.base.wrapper.ResultsWrapper")
KNOWN = {
    LOGISTIC: "sklearn",
    XGB_MODEL: "xgboost",
    BOOSTER: "xgboost",
    PROPHET: "prophet",
    RESULTS: "statsmodels",
}


@pytest.mark.parametrize(("kind", "name"), KNOWN.items(), ids=KNOWN.values())
def test_instances_have_the_flavor_of_their_library(kind: type, name: str) -> None:
    """An instance of a library's class has that library's flavor."""
    found = flavors.find(kind())
    assert found is not None
    assert found.name == name


@given(kind=st.sampled_from(list(KNOWN)), depth=st.integers(1, 5), mixin=st.booleans())
def test_subclasses_keep_the_flavor(kind: type, depth: int, mixin: bool) -> None:  # noqa: FBT001 - hypothesis passes by name
    """A subclass has the flavor of what it inherits from, however far down and with mixins."""
    subclass = kind
    for level in range(depth):
        bases = (make_class("__main__.Mixin"), subclass) if mixin else (subclass,)
        subclass = make_class(f"__main__.Mine{level}", *bases)
    found = flavors.find(subclass())
    assert found is not None
    assert found.name == KNOWN[kind]


def test_sklearn_mixin_before_a_library_class_does_not_win() -> None:
    """A library built on scikit-learn wins, wherever scikit-learn's classes stand in the MRO."""
    mixin = make_class("sklearn.base.ClassifierMixin")
    found = flavors.find(make_class("__main__.Mine", mixin, XGB_MODEL)())
    assert found is not None
    assert found.name == "xgboost"


NO_MODELS = {
    "none": None,
    "number": 3,
    "text": "sklearn.base.BaseEstimator",
    "dict": {"a": 1},
    "class": LOGISTIC,
    "function": lambda: None,
    "bunch": make_class("sklearn.utils._bunch.Bunch", dict)(),
    "matrix": make_class("xgboost.core.DMatrix")(),
    "near name": make_class("sklearning.Model")(),
}


@pytest.mark.parametrize("value", NO_MODELS.values(), ids=NO_MODELS)
def test_what_is_no_model_has_no_flavor(value: Any) -> None:
    """Ordinary values, classes, functions and a library's other objects have no flavor."""
    assert flavors.find(value) is None


def test_every_flavor_can_be_found_by_its_name() -> None:
    """A name kept in metadata leads back to the entry it was written from."""
    assert [flavors.named(flavor.name) for flavor in flavors.FLAVORS] == list(flavors.FLAVORS)
    with pytest.raises(KeyError):
        flavors.named("pickle")


def test_finding_imports_no_library() -> None:
    """Neither the import of the package nor a search brings in MLflow or a model library."""
    heavy = ["mlflow", "numpy", "pandas", "sklearn", "xgboost", "prophet", "statsmodels", "skops"]
    program = f"""
import sys
from lineapy_store import flavors
flavors.find(object())
flavors.mlflow_missing()
flavors.package_versions(dict)
print([name for name in {heavy} if name in sys.modules])
"""
    result = subprocess.run(  # noqa: S603 - our own interpreter and text
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert result.stdout.strip() == "[]"


def test_missing_mlflow_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where MLflow cannot be found, the reason says so."""
    monkeypatch.setitem(sys.modules, "mlflow", None)
    assert flavors.mlflow_missing() == "mlflow is not installed"
