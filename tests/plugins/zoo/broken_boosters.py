"""Models of XGBoost, each broken in one way that a round trip has to show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xgboost
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Trained = tuple[Any, Any]


def _table() -> Any:
    return pd.DataFrame(np.random.default_rng(0).random((30, 2)), columns=["age", "income"])


def _booster() -> Any:
    inputs = _table()
    data = xgboost.DMatrix(inputs, label=inputs.sum(axis=1))
    return xgboost.train({"max_depth": 2}, data, num_boost_round=3)


class _LosesNames:
    def __init__(self) -> None:
        self.booster = _booster()

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.booster = state["booster"]
        self.booster.feature_names = None

    def predict(self, rows: Any) -> Any:
        return self.booster.inplace_predict(rows.to_numpy())


def feature_names_are_lost() -> Trained:
    """The Booster in a wrapper has no feature names when it is loaded."""
    return _LosesNames(), _table()


class WithThreshold(xgboost.XGBClassifier):
    """Predicts by a threshold that it was given after it was trained."""

    threshold = 0.5

    def predict(self, rows: Any, **arguments: Any) -> Any:
        """Return classes."""
        return (self.predict_proba(rows, **arguments)[:, 1] > self.threshold).astype(int)


def attribute_beside_the_booster() -> Trained:
    """MLflow keeps the Booster of a subclass, and not what the subclass adds."""
    inputs, labels = load_iris(return_X_y=True)
    model = WithThreshold(n_estimators=3).fit(inputs, labels == 1)
    model.threshold = 0.05
    return model, inputs


def attribute_of_a_booster() -> Trained:
    """What was set on the Python object is not in the Booster."""
    model = _booster()
    model.trained_on = "2024-01-01"
    return model, _table()


def pipeline() -> Trained:
    """A sound model: what is wrong is how it is logged."""
    inputs, labels = load_iris(return_X_y=True)
    model = make_pipeline(StandardScaler(), xgboost.XGBClassifier(n_estimators=2, max_depth=2))
    return model.fit(inputs, labels), inputs
