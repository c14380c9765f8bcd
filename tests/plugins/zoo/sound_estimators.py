"""Sound models of scikit-learn, and some around NumPy: no check may fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn import ensemble, linear_model, multioutput, neighbors, svm
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_iris
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

Trained = tuple[Any, Any]
INPUTS, LABELS = load_iris(return_X_y=True)


def _people() -> Any:
    return pd.DataFrame(
        {
            "age": [20.0, 30.0, np.nan, 50.0, 60.0, 70.0],
            "city": pd.Categorical(
                ["Oslo", "Rome", "Oslo", "Rome", "Bonn", "Oslo"],
                categories=["Bonn", "Oslo", "Paris", "Rome"],
            ),
            "vip": [True, False, True, False, True, False],
        }
    )


def logistic_regression_of_a_table() -> Trained:
    """Feature names, and integers as classes."""
    inputs, labels = load_iris(return_X_y=True, as_frame=True)
    return linear_model.LogisticRegression(max_iter=500).fit(inputs, labels), inputs


def labels_of_text() -> Trained:
    """Classes are strings."""
    names = np.array(["setosa", "versicolor", "virginica"])[LABELS]
    return neighbors.KNeighborsClassifier().fit(INPUTS, names), INPUTS


def columns_of_a_table() -> Trained:
    """A pipeline with a ColumnTransformer, on numbers, categories and booleans."""
    columns = ColumnTransformer(
        [
            ("age", make_pipeline(SimpleImputer(), StandardScaler()), ["age"]),
            ("city", OneHotEncoder(handle_unknown="ignore"), ["city"]),
        ],
        remainder="passthrough",
    )
    model = make_pipeline(columns, linear_model.LogisticRegression())
    return model.fit(_people(), [0, 1, 0, 1, 0, 1]), _people()


def categories_and_nan() -> Trained:
    """Histogram trees that take categories and missing values as they are."""
    model = ensemble.HistGradientBoostingClassifier(
        categorical_features="from_dtype", max_iter=3, min_samples_leaf=1, random_state=0
    )
    return model.fit(_people(), [0, 1, 0, 1, 0, 1]), _people()


def forest_without_random_state() -> Trained:
    """Its generator is NumPy's global one, which is seeded before."""
    np.random.seed(0)  # noqa: NPY002 - as many do
    return ensemble.RandomForestClassifier(5, random_state=None).fit(INPUTS, LABELS), INPUTS


def isolation_forest() -> Trained:
    """Outliers, and their scores."""
    return ensemble.IsolationForest(n_estimators=5, random_state=0).fit(INPUTS), INPUTS


def stacking() -> Trained:
    """Models that are trained on what models predict."""
    model = ensemble.StackingClassifier(
        [
            ("forest", ensemble.RandomForestClassifier(3, random_state=0)),
            ("line", linear_model.RidgeClassifier()),
        ],
        linear_model.LogisticRegression(),
        cv=2,
    )
    return model.fit(INPUTS, LABELS), INPUTS


def calibrated_and_searched() -> Trained:
    """A search over a calibrated classifier."""
    calibrated = CalibratedClassifierCV(svm.LinearSVC(), cv=2)
    model = GridSearchCV(calibrated, {"method": ["sigmoid", "isotonic"]}, cv=2)
    return model.fit(INPUTS, LABELS), INPUTS


def several_outputs() -> Trained:
    """A regressor for each of two targets, which are scaled."""
    model = TransformedTargetRegressor(
        multioutput.MultiOutputRegressor(linear_model.Ridge()), transformer=StandardScaler()
    )
    return model.fit(INPUTS[:, :2], INPUTS[:, 2:]), INPUTS[:, :2]


def text() -> Trained:
    """Sparse features of texts."""
    texts = ["good film", "bad film", "good book", "bad book"]
    model = make_pipeline(TfidfVectorizer(), linear_model.SGDClassifier(random_state=0))
    return model.fit(texts, [1, 0, 1, 0]), texts


def sparse_inputs_and_outputs() -> Trained:
    """An encoder that takes and gives sparse matrices."""
    model = OneHotEncoder().fit(_people()[["city"]])
    return model, _people()[["city"]]


def sparse_inputs() -> Trained:
    """A linear model of a sparse matrix."""
    inputs = sparse.csr_matrix(np.where(INPUTS > 2, INPUTS, 0))
    return linear_model.Ridge(solver="sparse_cg").fit(inputs, LABELS), inputs


def clusters() -> Trained:
    """A model that both predicts and transforms."""
    return KMeans(3, n_init=1, random_state=0).fit(INPUTS), INPUTS


def network_with_a_generator() -> Trained:
    """A network that keeps its own random generator."""
    state = np.random.RandomState(0)
    model = MLPClassifier((4,), max_iter=20, random_state=state, early_stopping=True)
    return model.fit(INPUTS, LABELS), INPUTS


def support_vectors_in_a_table() -> Trained:
    """Support vectors, and an output that is a table."""
    model = make_pipeline(StandardScaler().set_output(transform="pandas"), svm.SVR())
    return model.fit(INPUTS, LABELS), INPUTS


def lambda_in_a_pipeline() -> Trained:
    """A step is a lambda, which MLflow has to write with cloudpickle."""
    model = make_pipeline(FunctionTransformer(lambda rows: rows * 2), linear_model.Ridge())
    return model.fit(INPUTS, LABELS), INPUTS


class Clipped(RegressorMixin, BaseEstimator):
    """An estimator of the user's own, around one of scikit-learn's."""

    def __init__(self, low: float = 0.0, *, alpha: float = 1.0) -> None:
        self.low = low
        self.alpha = alpha

    def fit(self, rows: Any, targets: Any) -> Any:
        """Fit what is inside."""
        self.inner_ = linear_model.Ridge(self.alpha).fit(rows, targets)
        self.n_features_in_ = self.inner_.n_features_in_
        return self

    def predict(self, rows: Any) -> Any:
        """Return what is inside predicts, and not less than ``low``."""
        return np.maximum(self.inner_.predict(rows), self.low)


def estimator_of_the_users() -> Trained:
    """A class in a module of the user's own, which is logged with it."""
    return Clipped(0.5).fit(INPUTS, LABELS), INPUTS


class _Ensemble:
    def __init__(self) -> None:
        self.models = {alpha: linear_model.Ridge(alpha).fit(INPUTS, LABELS) for alpha in (0.1, 1.0)}
        self.order = np.asfortranarray(INPUTS[:3])

    def predict(self, rows: Any) -> Any:
        return np.mean([each.predict(rows) for each in self.models.values()], axis=0)


def plain_object_of_estimators() -> Trained:
    """An object that MLflow has no flavor for, with estimators in it."""
    return _Ensemble(), INPUTS


def regressor_of_nan() -> Trained:
    """Predictions are not a number where the inputs are not."""

    class Sum(linear_model.LinearRegression):
        def predict(self, rows: Any) -> Any:
            return np.sum(rows, axis=1)

    inputs = np.where(INPUTS > 5, np.nan, INPUTS)
    return Sum().fit(INPUTS, LABELS), inputs
