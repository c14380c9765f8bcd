"""What is logged loads and predicts in an environment built from its own requirements.

Each test builds a virtual environment and installs MLflow and a model library into it.
"""

from __future__ import annotations

import importlib
import json
import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from packaging.requirements import Requirement

from lineapy_store import flavors

pytest.importorskip("mlflow", reason="MLflow logs the models")
pytest.importorskip("sklearn", reason="models of sklearn are logged")
pytest.importorskip("xgboost", reason="models of xgboost are logged")
pytest.importorskip("prophet", reason="models of prophet are logged")
pytest.importorskip("statsmodels", reason="models of statsmodels are logged")

import mlflow.pyfunc
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
import xgboost
from prophet import Prophet
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.plugins.new_environment import build_environment, run
else:
    from new_environment import build_environment, run

pytestmark = [
    pytest.mark.environments,
    # Of third parties, while they train and while MLflow infers.
    pytest.mark.filterwarnings("ignore"),
]

# Run in the new environment: loads with the flavor and with pyfunc, and compares bit for bit.
LOAD = """
import importlib, json, sys
import numpy as np
import pandas as pd
import mlflow.pyfunc

flavor, folder, method, column = sys.argv[1:]
inputs = pd.DataFrame(json.load(open("inputs.json")))
expected = np.load("expected.npy"), np.load("expected_by_pyfunc.npy")
own = importlib.import_module(f"mlflow.{flavor}").load_model(folder)
if type(own).__name__ == "Booster":
    import xgboost
    found = own.predict(xgboost.DMatrix(inputs))
else:
    found = getattr(own, method)(inputs)
by_pyfunc = mlflow.pyfunc.load_model(folder).predict(inputs)
for values, wanted in zip((found, by_pyfunc), expected):
    values = np.asarray(values[column] if column else values)
    assert values.dtype == wanted.dtype, (values.dtype, wanted.dtype)
    assert values.tobytes() == wanted.tobytes(), np.abs(values - wanted).max()
print("equal", len(values))
"""


class Case(NamedTuple):
    """A fitted model, what it is asked, and by which method; of a frame, which column counts."""

    model: Any
    inputs: dict[str, list[Any]]
    method: str = "predict"
    column: str = ""


def _iris() -> tuple[Any, Any]:
    inputs, labels = load_iris(return_X_y=True, as_frame=True)
    inputs.columns = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
    return inputs, labels


def sklearn_pipeline() -> Case:
    """Columns of numbers and of text, from a DataFrame."""
    inputs, labels = _iris()

    inputs["size"] = ["large" if length > 4 else "small" for length in inputs.petal_length]
    columns = make_column_transformer(
        (StandardScaler(), ["sepal_length", "petal_width"]), (OneHotEncoder(), ["size"])
    )
    model = make_pipeline(columns, RandomForestClassifier(20, random_state=0)).fit(inputs, labels)
    return Case(model, inputs.to_dict("list"), "predict_proba")


def sklearn_by_value() -> Case:
    """A lambda, which skops cannot write."""
    inputs, labels = _iris()
    step = FunctionTransformer(lambda values: np.log1p(values) + 1)
    model = make_pipeline(step, LogisticRegression(max_iter=1000)).fit(inputs, labels)
    return Case(model, inputs.to_dict("list"), "predict_proba")


def pipeline_with_xgboost() -> Case:
    """A step of another library."""
    inputs, labels = _iris()

    model = make_pipeline(StandardScaler(), xgboost.XGBClassifier(n_estimators=10))
    return Case(model.fit(inputs, labels), inputs.to_dict("list"), "predict_proba")


def xgboost_classifier() -> Case:
    """The estimator."""
    inputs, labels = _iris()
    model = xgboost.XGBClassifier(n_estimators=10).fit(inputs, labels)
    return Case(model, inputs.to_dict("list"), "predict_proba")


def xgboost_booster() -> Case:
    """The library's own model class."""
    inputs, labels = _iris()
    model = xgboost.train({"max_depth": 3}, xgboost.DMatrix(inputs, label=labels), 10)
    return Case(model, inputs.to_dict("list"))


def prophet_model() -> Case:
    """A forecast, without the intervals that are drawn at random."""
    days = [str(day.date()) for day in pd.date_range("2023-01-01", periods=200)]
    history = pd.DataFrame(
        {"ds": pd.to_datetime(days), "y": [(i % 7) + i / 50 for i in range(200)]}
    )
    logging.getLogger("cmdstanpy").setLevel(logging.WARNING)
    model = Prophet(uncertainty_samples=0).fit(history)
    return Case(model, {"ds": days[-20:]}, column="yhat")


def statsmodels_formula() -> Case:
    """A formula, which is evaluated anew when it is loaded."""
    inputs, _ = _iris()
    model = smf.ols("petal_width ~ np.log(sepal_length) + petal_length", inputs).fit()
    return Case(model, inputs.to_dict("list"))


def statsmodels_arrays() -> Case:
    """A generalized linear model of plain arrays."""
    inputs, labels = _iris()
    model = sm.GLM((labels > 0).to_numpy(), inputs.to_numpy()).fit()
    return Case(model, inputs.to_dict("list"))


CASES: list[Callable[[], Case]] = [
    sklearn_pipeline,
    sklearn_by_value,
    pipeline_with_xgboost,
    xgboost_classifier,
    xgboost_booster,
    prophet_model,
    statsmodels_formula,
    statsmodels_arrays,
]


@pytest.fixture
def tracking(
    tmp_path: Path, mlflow_database: Callable[[Path], str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """MLflow's default place is a database of this test's; it is put back afterwards."""
    monkeypatch.chdir(tmp_path)
    before = mlflow.get_tracking_uri()
    mlflow.set_tracking_uri(mlflow_database(tmp_path / "tracking.db"))
    try:
        yield
    finally:
        mlflow.set_tracking_uri(before)


def names(requirements: Path) -> set[str]:
    """Names in a requirements file."""
    return {Requirement(line).name for line in requirements.read_text().splitlines() if line}


@pytest.mark.usefixtures("tracking")
@pytest.mark.parametrize("make", CASES, ids=lambda make: make.__name__)
def test_logged_models_load_in_a_new_environment(
    make: Callable[[], Case], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """The logged requirements suffice for equal predictions, and name no more than MLflow's."""
    case = make()
    flavor = flavors.find(case.model)
    assert flavor is not None
    assert flavor.obstacle(case.model) is None
    chosen = dict(flavor.prepare(case.model, {}).arguments)
    requirements = flavors.infer_requirements(case.model, flavor, chosen)
    assert requirements.local_modules == []
    module = importlib.import_module(flavor.module)
    logged = module.log_model(
        case.model, name="model", pip_requirements=requirements.pinned, **chosen
    )
    folder = Path(mlflow.artifacts.download_artifacts(logged.model_uri, dst_path=str(tmp_path)))
    module.save_model(case.model, str(tmp_path / "inferred"), **chosen)
    inferred = names(tmp_path / "inferred" / "requirements.txt")
    assert names(folder / "requirements.txt") <= inferred

    (tmp_path / "inputs.json").write_text(json.dumps(case.inputs))
    (tmp_path / "load.py").write_text(LOAD)
    inputs = pd.DataFrame(case.inputs)
    if type(case.model).__name__ == "Booster":
        own = case.model.predict(xgboost.DMatrix(inputs))
    else:
        own = getattr(case.model, case.method)(inputs)
    by_pyfunc = mlflow.pyfunc.load_model(str(folder)).predict(inputs)
    for name, values in {"expected": own, "expected_by_pyfunc": by_pyfunc}.items():
        np.save(
            tmp_path / f"{name}.npy", np.asarray(values[case.column] if case.column else values)
        )

    python = build_environment(tmp_path / "environment", folder / "requirements.txt")
    command = [python, "load.py", flavor.name, folder, case.method, case.column]
    assert run(*command, cwd=tmp_path).startswith("equal")
    record_property("logged", sorted(names(folder / "requirements.txt")))
    record_property("inferred", sorted(inferred))
