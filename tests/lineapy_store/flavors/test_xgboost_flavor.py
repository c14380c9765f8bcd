"""Values of XGBoost, written and loaded by the real ``mlflow.xgboost``."""

from __future__ import annotations

import json
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("mlflow", reason="MLflow writes and loads the models")
pytest.importorskip("xgboost", reason="the models are XGBoost's")
pytest.importorskip("sklearn", reason="XGBoost's estimators need it")

import mlflow.xgboost
import numpy as np
import xgboost
from sklearn.datasets import load_iris

from lineapy_store import flavors

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    # MLflow, of its own classes, when it first imports them.
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning"),
]

XGBOOST = flavors.named("xgboost")
X, Y = load_iris(return_X_y=True)
WITH_GAPS = X.copy()
WITH_GAPS[::3, 0] = -999.0


def output(model: Any) -> Any:
    """Predictions, as fine as the model gives them."""
    if isinstance(model, xgboost.Booster):
        return model.predict(xgboost.DMatrix(X))
    return getattr(model, "predict_proba", model.predict)(X)


@pytest.mark.parametrize(
    "model",
    [
        xgboost.XGBClassifier(n_estimators=3),
        xgboost.XGBRegressor(n_estimators=3, base_score=2.0),
        xgboost.XGBRFClassifier(n_estimators=3),
        xgboost.XGBClassifier(n_estimators=3, booster="dart", rate_drop=0.3),
    ],
    ids=lambda model: f"{type(model).__name__}-{model.booster}",
)
def test_fitted_estimators_load_equal(model: Any, tmp_path: Path) -> None:
    """What has no obstacle is written, and plain loading predicts the same."""
    model.fit(X, Y)
    assert XGBOOST.obstacle(model) is None
    mlflow.xgboost.save_model(model, str(tmp_path / "model"), pip_requirements=[])
    loaded = mlflow.xgboost.load_model(str(tmp_path / "model"))
    assert type(loaded) is type(model)
    np.testing.assert_array_equal(output(loaded), output(model))


def test_a_booster_loads_equal(tmp_path: Path) -> None:
    """The library's own model class has the flavor as much as its estimators."""
    booster = xgboost.train({}, xgboost.DMatrix(X, label=Y), 3)
    assert XGBOOST.obstacle(booster) is None
    mlflow.xgboost.save_model(booster, str(tmp_path / "model"), pip_requirements=[])
    loaded = mlflow.xgboost.load_model(str(tmp_path / "model"))
    np.testing.assert_array_equal(output(loaded), output(booster))


@pytest.mark.parametrize("model", [xgboost.XGBClassifier(), xgboost.Booster()], ids=["cls", "core"])
def test_untrained_models_are_an_obstacle_that_mlflow_confirms(model: Any, tmp_path: Path) -> None:
    """There is no booster to write before training; MLflow fails where the obstacle says so."""
    assert "trained" in (XGBOOST.obstacle(model) or "")
    with pytest.raises(ValueError):  # noqa: PT011 - the message is XGBoost's
        mlflow.xgboost.save_model(model, str(tmp_path / "model"), pip_requirements=[])


def test_a_missing_value_marker_is_an_obstacle_since_predictions_would_change(
    tmp_path: Path,
) -> None:
    """XGBoost's format forgets ``missing``: the loaded model takes the marker for a number."""
    model = xgboost.XGBRegressor(n_estimators=10, missing=-999.0).fit(WITH_GAPS, Y)
    assert "missing=-999.0" in (XGBOOST.obstacle(model) or "")
    mlflow.xgboost.save_model(model, str(tmp_path / "model"), pip_requirements=[])
    loaded = mlflow.xgboost.load_model(str(tmp_path / "model"))
    assert not np.array_equal(loaded.predict(WITH_GAPS), model.predict(WITH_GAPS))


class NeedsArgument(xgboost.XGBClassifier):
    """A subclass that cannot be made without arguments, as MLflow makes it."""

    def __init__(self, column: str, **parameters: Any) -> None:
        super().__init__(**parameters)
        self.column = column


def test_a_constructor_with_required_arguments_is_an_obstacle() -> None:
    """The obstacle names the argument that MLflow would not give."""
    assert "column" in (XGBOOST.obstacle(NeedsArgument("a", n_estimators=2)) or "")


def test_a_local_class_is_an_obstacle() -> None:
    """MLflow keeps the class by name, and a class made in a function has none to be found by."""

    class Local(xgboost.XGBClassifier):
        pass

    assert "Local" in (XGBOOST.obstacle(Local(n_estimators=2).fit(X, Y)) or "")


def test_a_subclass_in_main_has_the_flavor_and_a_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A script's subclass is saved with this flavor, and the reason says what loading needs."""
    main = ModuleType("__main__")
    exec("import xgboost\nclass Churn(xgboost.XGBClassifier): pass", vars(main))  # noqa: S102 - a script
    monkeypatch.setitem(sys.modules, "__main__", main)
    model = main.Churn(n_estimators=3).fit(X, Y)
    assert flavors.find(model) is XGBOOST
    assert XGBOOST.obstacle(model) is None
    assert "__main__.Churn" in (XGBOOST.prepare(model, {}).reason or "")
    mlflow.xgboost.save_model(model, str(tmp_path / "model"), pip_requirements=[])
    loaded = mlflow.xgboost.load_model(str(tmp_path / "model"))
    assert type(loaded) is main.Churn
    np.testing.assert_array_equal(output(loaded), output(model))


@pytest.mark.parametrize(
    "model",
    [
        xgboost.XGBClassifier(n_estimators=3, max_depth=2, random_state=1, enable_categorical=True),
        xgboost.XGBRegressor(n_estimators=3, eval_metric=["rmse", "mae"], max_cat_threshold=7),
        xgboost.XGBRegressor(
            n_estimators=3, callbacks=[], objective=lambda y, z: (z - y, y * 0 + 1)
        ),
    ],
    ids=["numbers", "lists", "functions"],
)
def test_hyperparameters_are_noted_and_restored(model: Any, tmp_path: Path) -> None:
    """Those that JSON keeps exactly are there again, and the predictions are what they were."""
    model.fit(X, Y)
    noted = json.loads(json.dumps(XGBOOST.note(model), allow_nan=False))
    mlflow.xgboost.save_model(model, str(tmp_path / "model"), pip_requirements=[])
    loaded = mlflow.xgboost.load_model(str(tmp_path / "model"))
    XGBOOST.restore(loaded, noted)
    for name, value in model.get_params().items():
        if name not in {"missing", "objective"}:  # not a number, and a function
            assert loaded.get_params()[name] == value, name
    np.testing.assert_array_equal(output(loaded), output(model))


def test_a_booster_has_no_hyperparameters_to_note() -> None:
    """A Booster is restored as it is loaded."""
    booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(X, Y), 2)
    assert XGBOOST.note(booster) == {}
    XGBOOST.restore(booster, {})
