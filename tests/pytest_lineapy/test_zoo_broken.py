"""Models that are broken in one way each: the check that has to catch it does."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy.checks import names_of, run_check

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pytest_lineapy.checks import Subject

    FromZoo = Callable[..., Subject]

#: By function: the backend and check that have to fail, and a part of what that has to say.
PLAIN = {
    "state_dropped_in_getstate": {"lineapy-value": ".weights[0]: 0.25 != 0.0"},
    "state_dropped_from_the_live_object": {"lineapy-value": ".cache"},
    "state_restored_differently": {"lineapy-value": ".weights[0]: 0.25 != 0.2"},
    "setstate_forgets_a_default": {"lineapy-value": ".unit"},
    "slot_is_forgotten": {"lineapy-value": ".bias"},
    "rebuilt_without_what_was_learned": {"lineapy-value": ".weights[0]: 1.0 != 0.25"},
    "loaded_as_its_base_class": {"lineapy-value": "Linear"},
    "delegates_before_it_is_restored": {"lineapy-value": "RecursionError"},
    "open_file": {"lineapy-value": ".held"},
    "lambda_over_an_open_file": {"lineapy-value": ".held"},
    "thread_lock": {"lineapy-value": ".held"},
    "generator": {"lineapy-value": ".held"},
    "weak_reference": {"lineapy-value": ".held"},
    "memoryview_of_shared_memory": {"lineapy-value": ".held"},
    "lru_cache_of_a_method": {"lineapy-value": ".look_up"},
    "random_prediction": {"lineapy-predictions": "asked again"},
    "clock": {"lineapy-predictions": "asked again"},
    "prediction_changes_the_next_one": {"lineapy-predictions": "asked again"},
    "prediction_changes_the_model": {"lineapy-repeatable": ".asked: 0 != 1"},
    "caching_wrapper": {"lineapy-repeatable": ".cache["},
    "pickle_is_never_the_same": {"lineapy-repeatable": "different content"},
    "keyed_by_id": {"lineapy-predictions": "KeyError"},
    "order_of_a_set": {"lineapy-fresh_process": ".predict()"},
    "global_that_training_sets": {"lineapy-fresh_process": ".predict()"},
    "class_attribute_that_training_sets": {"lineapy-fresh_process": ".predict()"},
    "singleton_of_the_process": {"lineapy-isolated": "in the next one"},
    "part_is_shared_by_all": {"lineapy-isolated": ".weights"},
    "state_kept_in_the_class": {"lineapy-versions": "an earlier version"},
    "module_of_the_training_process": {"lineapy-fresh_process": "churn_in_memory"},
    "class_in_a_test_module": {"lineapy-fresh_process": "test_churn"},
    "environment_variable_that_training_sets": {"lineapy-fresh_process": "CHURN_SCALE"},
    "relative_path": {"lineapy-fresh_process": "weights.json"},
    "path_in_the_temporary_folder": {"lineapy-fresh_process": "weights.json"},
    "class_in_main_over_a_lock": {"lineapy-value": "churn_lock"},
}
ARRAYS = {
    "narrowed_to_float32": {"lineapy-value": "float32"},
    "narrowed_and_widened_again": {"lineapy-value": ".weights[0]"},
    "missing_category": {"lineapy-value": ".means['city'].dtype"},
    "index_is_dropped": {"lineapy-value": ".coefficients.index"},
    "weights_in_a_shared_file": {"lineapy-isolated": ".weights"},
    "random_generator_without_seed": {"lineapy-predictions": "asked again"},
}
ESTIMATORS = {
    "own_module_is_not_logged": {"mlflow-requirements": "zoo"},
    "fitted_state_is_dropped": {"mlflow-value": ".mean_"},
    "random_classes": {"mlflow-predictions": "asked again"},
    "function_reads_a_global": {"mlflow-fresh_process": ".predict()"},
    "prediction_remembers_the_last_batch": {"mlflow-predictions": "asked again"},
    "loads_well_only_once": {"mlflow-mlflow_native": "plain MLflow"},
    "inputs_that_it_refuses": {"mlflow-predictions": "DataFrame"},
}
BOOSTERS = {
    "feature_names_are_lost": {"lineapy-value": ".feature_names"},
    "attribute_beside_the_booster": {"mlflow-value": ".threshold"},
    "attribute_of_a_booster": {"mlflow-value": ".trained_on"},
}
STATISTICS = {
    "formula_with_a_function": {"lineapy-value": "squared"},
    "note_of_a_class_in_main": {"mlflow-fresh_process": "ChurnNote"},
}
#: Of the check ``code``, and the backend lineapy: what it has to say, and the path.
TRAINING = {
    "trains_on_the_clock": ("does not make the same model twice", ".weights[0]"),
    "random_start": ("does not make the same model twice", ".weights[0]"),
    "reads_a_global": ("makes another model", ".weights[0]: 2.0 != 1.0"),
    "reads_an_environment_variable": ("makes another model", ".weights[0]: 2.0 != 1.0"),
    "needs_an_environment_variable": ("cannot be run", "KeyError: 'CHURN_SCALE'"),
    "goes_on_from_a_file": ("makes another model", ".weights[0]: 1.0 != 2.0"),
    "runs_only_once": ("cannot be run", "FileExistsError"),
    "features_in_the_order_of_a_set": ("makes another model", ".weights"),
    "forest_without_a_seed": ("does not make the same model twice", ".estimators_"),
}
FORECASTS = {"subclass_of_prophet": {"mlflow-value": "Forecaster"}}


def _renamed_columns() -> dict[str, Any]:
    signature = pytest.importorskip("mlflow.models").infer_signature
    pandas = pytest.importorskip("pandas")
    return {"signature": signature(pandas.DataFrame({"sepal": [1.0], "petal": [2.0]}))}


#: Sound models that are logged wrongly: how, and what has to fail, as above.
LOGGED: dict[str, tuple[str, Callable[[], dict[str, Any]], dict[str, str]]] = {
    "signature_of_other_columns": (
        "broken_estimators:iris",
        _renamed_columns,
        {"mlflow-pyfunc": "sepal"},
    ),
    "pyfunc_of_another_method": (
        "broken_estimators:iris",
        lambda: {"pyfunc_predict_fn": "predict_proba"},
        {"mlflow-pyfunc": "predicts something else"},
    ),
    "requirements_that_leave_out_a_library": (
        "broken_boosters:pipeline",
        lambda: {"pip_requirements": ["mlflow", "scikit-learn"]},
        {"mlflow-requirements": "xgboost"},
    ),
    "backend_against_the_rules": (
        "broken_estimators:iris",
        lambda: {"storage_backend": "lineapy"},
        {"mlflow-backend": "the selection rules say mlflow"},
    ),
}


def require_caught(subject: Subject, expected: Mapping[str, str]) -> None:
    """Require that these checks fail, and say so."""
    for which, told in expected.items():
        backend, _, check = which.partition("-")
        result = run_check(subject, backend, check)
        assert result.status == "failed", f"{which} {result.status}: {result.detail}"
        assert told in result.detail
        assert result.detail.startswith(f"{subject.case.name}: ")
        assert f"(check {check!r}, backend {backend!r})" in result.detail


@pytest.mark.parametrize("name", PLAIN)
def test_broken_plain(from_zoo: FromZoo, name: str) -> None:
    """A broken model without any library is caught."""
    require_caught(from_zoo(f"broken_plain:{name}", backends=["lineapy"]), PLAIN[name])


@pytest.mark.parametrize("name", ARRAYS)
def test_broken_arrays(from_zoo: FromZoo, name: str) -> None:
    """A broken model of NumPy and pandas is caught."""
    pytest.importorskip("pandas", reason="what the models are made of")
    require_caught(from_zoo(f"broken_arrays:{name}", backends=["lineapy"]), ARRAYS[name])


@pytest.mark.parametrize("name", ESTIMATORS)
def test_broken_estimators(from_zoo: FromZoo, name: str) -> None:
    """A broken model of scikit-learn is caught."""
    _require_libraries("sklearn")
    require_caught(from_zoo(f"broken_estimators:{name}"), ESTIMATORS[name])


@pytest.mark.parametrize("name", BOOSTERS)
def test_broken_boosters(from_zoo: FromZoo, name: str) -> None:
    """A broken model of XGBoost is caught."""
    _require_libraries("sklearn", "xgboost")
    require_caught(from_zoo(f"broken_boosters:{name}"), BOOSTERS[name])


@pytest.mark.parametrize("name", STATISTICS)
def test_broken_statistics(from_zoo: FromZoo, name: str) -> None:
    """A broken model of statsmodels is caught."""
    _require_libraries("statsmodels")
    require_caught(from_zoo(f"broken_statistics:{name}"), STATISTICS[name])


@pytest.mark.parametrize("name", FORECASTS)
def test_broken_forecasts(from_zoo: FromZoo, name: str) -> None:
    """A broken model of Prophet is caught."""
    _require_libraries("prophet")
    require_caught(from_zoo(f"broken_forecasts:{name}"), FORECASTS[name])


@pytest.mark.parametrize("name", TRAINING)
def test_broken_training(from_zoo: FromZoo, name: str) -> None:
    """A training that makes another model elsewhere is caught, by this check and no other."""
    if name == "forest_without_a_seed":
        pytest.importorskip("sklearn", reason="what the model is made of")
    broken_training = importlib.import_module("zoo.broken_training")
    subject = from_zoo(f"broken_training:{name}", backends=["lineapy"])
    broken_training.earlier_tests()
    what, path = TRAINING[name]
    result = run_check(subject, "lineapy", "code")
    assert (result.status, what in result.detail) == ("failed", True), result.detail
    assert path in result.detail
    others = [run_check(subject, "lineapy", each) for each in names_of("lineapy")[:-1]]
    assert [each.detail for each in others if each.status == "failed"] == []


@pytest.mark.parametrize("name", LOGGED)
def test_logged_wrongly(from_zoo: FromZoo, name: str) -> None:
    """A sound model that is logged wrongly is caught."""
    model, arguments, expected = LOGGED[name]
    _require_libraries("sklearn", "xgboost")
    require_caught(from_zoo(model, backends=["mlflow"], save_arguments=arguments()), expected)


def _require_libraries(*names: str) -> None:
    for name in ("mlflow", *names):
        pytest.importorskip(name, reason="what the models are made of, and saved with")
