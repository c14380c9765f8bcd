"""Sound models: no check fails, and none is skipped but those that have nothing to look at."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy.checks import names_of, run_all

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_lineapy.checks import Subject

ZOO = Path(__file__).parents[1] / "plugins" / "zoo"

#: What MLflow has no flavor for, or cannot write, is in lineapy also where MLflow is asked.
IN_LINEAPY = {f"mlflow-{name}" for name in names_of("mlflow")} - {"mlflow-backend"}
#: Where a model has no inputs, or no method that takes them.
NO_PREDICTIONS = {"lineapy-predictions"}
#: A class that is made whenever the model is trained.
LOCAL_CLASS = {"lineapy-code"}

PLAIN = {
    "plain_object": IN_LINEAPY,
    "lock_that_is_made_anew": IN_LINEAPY,
    "cache_that_is_left_out": IN_LINEAPY,
    "cached_property": IN_LINEAPY,
    "slots": IN_LINEAPY | {"lineapy-isolated"},
    "frozen_dataclass_that_is_called": IN_LINEAPY,
    "dict_of_models": IN_LINEAPY | NO_PREDICTIONS,
    "mapping_that_predicts": IN_LINEAPY,
    "delegates": IN_LINEAPY,
    "cycle": IN_LINEAPY,
    "class_of_a_function": IN_LINEAPY | LOCAL_CLASS,
    "class_in_main": IN_LINEAPY,
    "closure": IN_LINEAPY,
    "remembers_where_it_was_trained": IN_LINEAPY,
}
ESTIMATORS: dict[str, set[str]] = {
    "logistic_regression_of_a_table": set(),
    "labels_of_text": set(),
    "columns_of_a_table": set(),
    "categories_and_nan": set(),
    "forest_without_random_state": set(),
    "isolation_forest": set(),
    "stacking": set(),
    "calibrated_and_searched": set(),
    "several_outputs": set(),
    "text": set(),
    "sparse_inputs_and_outputs": {"mlflow-pyfunc"},
    "sparse_inputs": set(),
    "clusters": set(),
    "network_with_a_generator": set(),
    "support_vectors_in_a_table": set(),
    "lambda_in_a_pipeline": set(),
    "estimator_of_the_users": set(),
    "plain_object_of_estimators": IN_LINEAPY,
    "regressor_of_nan": LOCAL_CLASS,
}
BOOSTERS: dict[str, set[str]] = {
    "classifier": set(),
    "stopped_early": set(),
    "categories": set(),
    "forest_of_several_outputs": set(),
    "booster_of_a_table": set(),
    "booster_and_matrix": {"mlflow-pyfunc"},
    "in_a_pipeline": set(),
}
STATISTICS: dict[str, set[str]] = {
    "ols": set(),
    "ols_that_was_summarized": set(),
    "glm": set(),
    "logit_of_a_formula": set(),
    "arima": NO_PREDICTIONS | {"mlflow-predictions", "mlflow-mlflow_native", "mlflow-pyfunc"},
}
FORECASTS: dict[str, set[str]] = {"weekly": set(), "with_regressor_and_holidays": set()}

#: How they are logged, where that is not by itself.
LOGGED: dict[str, dict[str, Any]] = {
    "estimator_of_the_users": {"code_paths": [str(ZOO)]},
}


def require_sound(subject: Subject, skipped: set[str]) -> None:
    """Require that no check fails, that exactly these are skipped, and that nothing is left."""
    folders = [*sys.path]
    results = run_all(subject)
    assert sys.path == folders
    assert [each.detail for each in results if each.status == "failed"] == []
    told = {f"{each.backend}-{each.check}" for each in results if each.status == "skipped"}
    assert told == skipped
    assert all(each.detail for each in results if each.status == "skipped")


@pytest.mark.parametrize("name", PLAIN)
def test_sound_plain(from_zoo: Callable[..., Subject], name: str) -> None:
    """A sound model without any library passes."""
    _require_libraries()
    require_sound(from_zoo(f"sound_plain:{name}"), PLAIN[name])


@pytest.mark.parametrize("name", ESTIMATORS)
def test_sound_estimators(from_zoo: Callable[..., Subject], name: str) -> None:
    """A sound model of scikit-learn passes."""
    _require_libraries("sklearn")
    subject = from_zoo(f"sound_estimators:{name}", save_arguments=LOGGED.get(name, {}))
    require_sound(subject, ESTIMATORS[name])


@pytest.mark.parametrize("name", BOOSTERS)
def test_sound_boosters(from_zoo: Callable[..., Subject], name: str) -> None:
    """A sound model of XGBoost passes."""
    _require_libraries("sklearn", "xgboost")
    require_sound(from_zoo(f"sound_boosters:{name}"), BOOSTERS[name])


@pytest.mark.parametrize("name", STATISTICS)
def test_sound_statistics(from_zoo: Callable[..., Subject], name: str) -> None:
    """A sound model of statsmodels passes."""
    _require_libraries("statsmodels")
    require_sound(from_zoo(f"sound_statistics:{name}"), STATISTICS[name])


@pytest.mark.parametrize("name", FORECASTS)
def test_sound_forecasts(from_zoo: Callable[..., Subject], name: str) -> None:
    """A sound model of Prophet passes."""
    _require_libraries("prophet")
    require_sound(from_zoo(f"sound_forecasts:{name}"), FORECASTS[name])


def _require_libraries(*names: str) -> None:
    for name in ("mlflow", *names):
        pytest.importorskip(name, reason="what the models are made of, and saved with")
