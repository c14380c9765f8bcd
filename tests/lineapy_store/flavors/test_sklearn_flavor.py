"""Values of scikit-learn, written and loaded by the real ``mlflow.sklearn``."""

from __future__ import annotations

import inspect
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("mlflow", reason="MLflow writes and loads the models")
pytest.importorskip("sklearn", reason="the models are scikit-learn's")
pytest.importorskip("skops", reason="MLflow writes with it")

import mlflow.sklearn
import numpy as np
from sklearn.cluster import Birch
from sklearn.datasets import load_iris
from sklearn.ensemble import (
    GradientBoostingRegressor,
    HistGradientBoostingClassifier,
    RandomForestClassifier,
)
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, PoissonRegressor, SGDClassifier
from sklearn.manifold import SpectralEmbedding
from sklearn.model_selection import GridSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, KBinsDiscretizer, StandardScaler

from lineapy_store import flavors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [
    # MLflow, of its own classes, when it first imports them.
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning"),
]

SKLEARN = flavors.named("sklearn")
X, Y = load_iris(return_X_y=True)
X, Y = X[::2], Y[::2]

# What has to be said for the format that pickles by value: nothing up to MLflow 3.10.
_FORMAT = inspect.signature(mlflow.sklearn.log_model).parameters["serialization_format"].default
BY_VALUE = {} if _FORMAT == "cloudpickle" else {"serialization_format": "cloudpickle"}

MODELS = {
    "linear": LogisticRegression(max_iter=1000),
    "unfitted": None,
    "forest": RandomForestClassifier(5, random_state=0),
    "boosting": GradientBoostingRegressor(n_estimators=5, random_state=0),
    "histogram": HistGradientBoostingClassifier(max_iter=5, random_state=0),
    "neighbors": KNeighborsClassifier(),
    "sgd": SGDClassifier(random_state=0),
    "glm": PoissonRegressor(),
    "gaussian process": GaussianProcessRegressor(optimizer=None),
    "perceptron": MLPClassifier((3,), solver="lbfgs", random_state=0, max_iter=1000),
    "grid search": GridSearchCV(LogisticRegression(max_iter=1000), {"C": [0.1, 1]}),
    "birch": Birch(n_clusters=3),
    "numpy function": make_pipeline(FunctionTransformer(np.nan_to_num), SGDClassifier()),
    "ufunc": make_pipeline(FunctionTransformer(np.log1p), StandardScaler()),
    "dtype": SimpleImputer(),
    "sparse": SpectralEmbedding(affinity="rbf", random_state=0),
    "bins": KBinsDiscretizer(quantile_method="averaged_inverted_cdf"),
}


def output(model: Any) -> Any:
    """What the model makes of the data, by whatever method it has."""
    for method in ("predict_proba", "predict", "transform"):
        if hasattr(model, method):
            found = getattr(model, method)(X)
            return found.toarray() if hasattr(found, "toarray") else found
    return model.embedding_


def save(model: Any, path: Path, **given: Any) -> dict[str, Any]:
    """Write the model as the MLflow backend does; returns the arguments of our choice."""
    prepared = SKLEARN.prepare(model, given)
    arguments = {**prepared.arguments, **given}
    requirements = flavors.infer_requirements(model, SKLEARN, arguments)
    mlflow.sklearn.save_model(model, str(path), pip_requirements=requirements.pinned, **arguments)
    return dict(prepared.arguments)


@pytest.mark.parametrize("name", MODELS)
def test_what_was_prepared_is_written_and_loads_equal(name: str, tmp_path: Path) -> None:
    """With the prepared arguments MLflow writes the model, and plain loading gives its equal."""
    model = MODELS[name]
    if model is None:
        model = LogisticRegression(C=3.0)
    else:
        model.fit(X, Y)
    assert SKLEARN.obstacle(model) is None
    save(model, tmp_path / "model")
    loaded = mlflow.sklearn.load_model(str(tmp_path / "model"))
    assert type(loaded) is type(model)
    if name == "unfitted":
        assert loaded.get_params() == model.get_params()
    else:
        np.testing.assert_array_equal(output(loaded), output(model))


def test_a_plain_model_needs_no_arguments() -> None:
    """Nothing is added to the user's arguments where MLflow needs nothing."""
    prepared = SKLEARN.prepare(LogisticRegression(max_iter=1000).fit(X, Y), {})
    assert prepared.arguments == {}
    assert prepared.reason is None


@pytest.mark.parametrize(
    "given",
    [
        {"serialization_format": "pickle"},
        {"serialization_format": "cloudpickle"},
        {"skops_trusted_types": ["sklearn.tree._tree.Tree"]},
    ],
    ids=repr,
)
def test_the_users_arguments_stay(given: dict[str, Any]) -> None:
    """Whoever chose a format or what to trust is not overruled or added to."""
    model = RandomForestClassifier(2).fit(X, Y)
    assert SKLEARN.prepare(model, given).arguments == {}


SCRIPT = """
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.linear_model import LogisticRegression

class Majority(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self
    def predict(self, X):
        return np.full(len(X), self.classes_[-1])

class Named(LogisticRegression):
    pass

def halve(X):
    return np.divide(X, 2)

def make_local():
    class Local(LogisticRegression):
        pass
    return Local()

increment = lambda X: X + 1
"""


def test_what_main_defines_loads_in_another_process(
    tmp_path: Path, defined_in_main: Callable[[str], dict[str, Any]]
) -> None:
    """Classes, functions and lambdas of a script are written by value: another process loads them.

    Both by ``mlflow.sklearn.load_model`` and by ``mlflow.pyfunc.load_model``.
    """
    names = defined_in_main(SCRIPT)
    models = {
        "bare": names["Majority"](),
        "subclass": names["Named"](max_iter=1000),
        "local": names["make_local"]().set_params(max_iter=1000),
        "function": make_pipeline(FunctionTransformer(names["halve"]), KNeighborsClassifier()),
        "lambda": make_pipeline(FunctionTransformer(names["increment"]), KNeighborsClassifier()),
    }
    np.save(tmp_path / "inputs.npy", X)
    for name, model in models.items():
        model.fit(X, Y)
        assert SKLEARN.obstacle(model) is None
        assert save(model, tmp_path / name) == BY_VALUE
        np.save(tmp_path / f"{name}.npy", model.predict(X))
    program = f"""
import sys, numpy as np, mlflow.sklearn, mlflow.pyfunc
X = np.load("inputs.npy")
for name in {list(models)}:
    for module in (mlflow.sklearn, mlflow.pyfunc):
        assert (module.load_model(name).predict(X) == np.load(name + ".npy")).all(), name
"""
    command = [sys.executable, "-c", program]
    subprocess.run(command, cwd=tmp_path, check=True, timeout=120)  # noqa: S603 - our own text


def test_the_reason_names_what_cannot_be_imported(
    defined_in_main: Callable[[str], dict[str, Any]],
) -> None:
    """Whoever reads the metadata learns which class made the format cloudpickle."""
    prepared = SKLEARN.prepare(defined_in_main(SCRIPT)["Named"](), {})
    assert prepared.arguments == BY_VALUE
    assert not BY_VALUE or "__main__.Named" in str(prepared.reason)


def test_what_cannot_be_pickled_is_an_obstacle() -> None:
    """A value that no format can write is known before anything is written."""
    obstacle = SKLEARN.obstacle(FunctionTransformer(kw_args={"lock": threading.Lock()}))
    assert obstacle is not None
    assert "lock" in obstacle


def test_a_pipeline_is_sklearn_whatever_it_holds(tmp_path: Path) -> None:
    """A Pipeline with a step of XGBoost's, which skops does not trust, is saved and loads."""
    xgboost = pytest.importorskip("xgboost", reason="the step is XGBoost's")
    model = make_pipeline(StandardScaler(), xgboost.XGBClassifier(n_estimators=3)).fit(X, Y)
    flavor = flavors.find(model)
    assert flavor is not None
    assert flavor.name == "sklearn"
    arguments = save(model, tmp_path / "model")
    assert set(arguments) <= {"skops_trusted_types"}
    loaded = mlflow.sklearn.load_model(str(tmp_path / "model"))
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    pinned = flavors.infer_requirements(model, SKLEARN, arguments).pinned
    assert any(requirement.startswith("xgboost") for requirement in pinned)
