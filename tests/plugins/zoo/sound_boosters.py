"""Sound models of XGBoost: no check may fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xgboost
from sklearn.datasets import load_iris
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

Trained = tuple[Any, Any]
INPUTS, LABELS = load_iris(return_X_y=True)


def _table() -> Any:
    return pd.DataFrame(INPUTS, columns=["a", "b", "c", "d"])


def classifier() -> Trained:
    """Three classes, and parameters that are not the default."""
    model = xgboost.XGBClassifier(n_estimators=3, max_depth=2, learning_rate=0.3, subsample=0.9)
    return model.fit(INPUTS, LABELS), INPUTS


def stopped_early() -> Trained:
    """Rounds after the best one are not used."""
    model = xgboost.XGBRegressor(n_estimators=20, early_stopping_rounds=2, eval_metric="mae")
    model.fit(
        _table()[:100], LABELS[:100], eval_set=[(_table()[100:], LABELS[100:])], verbose=False
    )
    return model, _table()


def categories() -> Trained:
    """Categories as they are, and missing values."""
    table = _table().assign(
        kind=pd.Categorical(np.where(INPUTS[:, 0] > 6, "large", "small")),
        d=np.where(INPUTS[:, 3] > 1, np.nan, INPUTS[:, 3]),
    )
    model = xgboost.XGBClassifier(n_estimators=3, enable_categorical=True)
    return model.fit(table, LABELS), table


def forest_of_several_outputs() -> Trained:
    """A random forest for two targets."""
    model = xgboost.XGBRFRegressor(n_estimators=5, random_state=None)
    return model.fit(INPUTS[:, :2], INPUTS[:, 2:]), INPUTS[:, :2]


def booster_of_a_table() -> Trained:
    """A Booster with feature names."""
    data = xgboost.DMatrix(_table(), label=LABELS)
    return xgboost.train({"max_depth": 2}, data, num_boost_round=3), _table()


def booster_and_matrix() -> Trained:
    """A Booster that is asked with XGBoost's own matrix."""
    data = xgboost.DMatrix(INPUTS, label=LABELS)
    params = {"booster": "dart", "objective": "multi:softprob", "num_class": 3}
    return xgboost.train(params, data, num_boost_round=3), xgboost.DMatrix(INPUTS)


def in_a_pipeline() -> Trained:
    """A step of scikit-learn's pipeline."""
    model = make_pipeline(StandardScaler(), xgboost.XGBClassifier(n_estimators=3))
    return model.fit(INPUTS, LABELS), INPUTS
