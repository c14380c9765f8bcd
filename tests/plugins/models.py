"""Small models of every flavor, with inputs to predict, trained once for each process."""

from __future__ import annotations

import functools
import importlib
import logging
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


class Trained(NamedTuple):
    """A model, what it is asked, and the flavor that fits it."""

    model: Any
    inputs: Any
    flavor: str
    predict: Callable[[Any, Any], Any] = lambda model, inputs: model.predict(inputs)


def _sklearn() -> Trained:
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression

    inputs, labels = load_iris(return_X_y=True, as_frame=True)
    return Trained(LogisticRegression(max_iter=500).fit(inputs, labels), inputs, "sklearn")


def _pipeline() -> Trained:
    from sklearn.datasets import load_breast_cancer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from xgboost import XGBClassifier

    inputs, labels = load_breast_cancer(return_X_y=True)
    model = make_pipeline(StandardScaler(), XGBClassifier(n_estimators=3, max_depth=2))
    return Trained(model.fit(inputs, labels), inputs, "sklearn")


def _lambda_step() -> Trained:
    import numpy as np
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer

    inputs = np.arange(20.0).reshape(10, 2)
    model = make_pipeline(FunctionTransformer(lambda x: x * 2), Ridge())
    return Trained(model.fit(inputs, inputs[:, 0]), inputs, "sklearn")


def _xgb_classifier() -> Trained:
    from sklearn.datasets import load_iris
    from xgboost import XGBClassifier

    inputs, labels = load_iris(return_X_y=True)
    return Trained(XGBClassifier(n_estimators=3).fit(inputs, labels), inputs, "xgboost")


def _booster() -> Trained:
    import numpy as np
    import xgboost

    inputs = np.random.default_rng(0).random((50, 3))
    data = xgboost.DMatrix(inputs, label=inputs.sum(axis=1))
    model = xgboost.train({"max_depth": 2}, data, num_boost_round=3)
    return Trained(
        model, inputs, "xgboost", lambda model, inputs: model.predict(xgboost.DMatrix(inputs))
    )


def _prophet() -> Trained:
    import pandas as pd
    from prophet import Prophet

    logging.getLogger("cmdstanpy").setLevel(logging.ERROR)
    days = pd.date_range("2024-01-01", periods=60)
    frame = pd.DataFrame({"ds": days, "y": [float(number % 7) for number in range(60)]})
    model = Prophet(uncertainty_samples=0, yearly_seasonality=False, daily_seasonality=False)
    model.fit(frame)
    return Trained(
        model, frame[["ds"]], "prophet", lambda model, inputs: model.predict(inputs)["yhat"]
    )


def _statsmodels() -> Trained:
    import numpy as np
    import statsmodels.api as sm

    inputs = sm.add_constant(np.random.default_rng(0).random((40, 2)))
    return Trained(sm.OLS(inputs[:, 1] * 2, inputs).fit(), inputs, "statsmodels")


_MAKERS = {
    "sklearn": ("sklearn", _sklearn),
    "pipeline-with-xgboost": ("xgboost", _pipeline),
    "pipeline-with-lambda": ("sklearn", _lambda_step),
    "xgb-classifier": ("xgboost", _xgb_classifier),
    "booster": ("xgboost", _booster),
    "prophet": ("prophet", _prophet),
    "statsmodels": ("statsmodels", _statsmodels),
}

KINDS = tuple(_MAKERS)


@functools.cache
def _trained(kind: str) -> Trained:
    return _MAKERS[kind][1]()


@pytest.fixture
def train() -> Callable[[str], Trained]:
    """A function that gives the trained model of a kind; it must not be changed."""

    def get(kind: str) -> Trained:
        library = _MAKERS[kind][0]
        pytest.importorskip(library, reason="the model's library is not in this environment")
        importlib.import_module(library)
        return _trained(kind)

    return get


@pytest.fixture(params=KINDS)
def trained(request: pytest.FixtureRequest, train: Callable[[str], Trained]) -> Trained:
    """A trained model of each kind in turn."""
    return train(request.param)
