"""Models of scikit-learn, each broken in one way that a round trip has to show."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.datasets import load_iris
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

Trained = tuple[Any, Any]
INPUTS = np.arange(20.0).reshape(10, 2) / 7
TARGETS = INPUTS.sum(axis=1)


class Mean(RegressorMixin, BaseEstimator):
    """What the broken ones are derived from; there is nothing wrong with it."""

    def fit(self, rows: Any, targets: Any) -> Any:
        """Learn the mean of the targets."""
        self.n_features_in_ = rows.shape[1]
        self.mean_ = np.mean(targets)
        return self

    def predict(self, rows: Any) -> Any:
        """Return the mean for each row."""
        return np.full(len(rows), self.mean_)


def own_module_is_not_logged() -> Trained:
    """The module of its class is neither installed nor logged."""
    return Mean().fit(INPUTS, TARGETS), INPUTS


class _DropsFitted(Mean):
    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "mean_": 0.0}


def fitted_state_is_dropped() -> Trained:
    """``__getstate__`` of an estimator leaves out what was fitted."""
    return _DropsFitted().fit(INPUTS, TARGETS), INPUTS


def random_classes() -> Trained:
    """Classes are drawn for each prediction, since there is no random_state."""
    labels: Any = np.arange(10) % 3
    return DummyClassifier(strategy="uniform").fit(INPUTS, labels), np.tile(INPUTS, (10, 1))


_settings = {"offset": 0.0}


def _shifted(rows: Any) -> Any:
    return rows + _settings["offset"]


def function_reads_a_global() -> Trained:
    """A step of a pipeline calls a function, which reads what training has set."""
    _settings["offset"] = 1.0
    return make_pipeline(FunctionTransformer(_shifted), Ridge()).fit(INPUTS, TARGETS), INPUTS


class _RemembersBatch(Mean):
    def predict(self, rows: Any) -> Any:
        shift = rows.mean() - getattr(self, "last_", 0.0)
        self.last_ = rows.mean()
        return super().predict(rows) + shift


def prediction_remembers_the_last_batch() -> Trained:
    """What it was asked before is part of the next prediction."""
    return _RemembersBatch().fit(INPUTS, TARGETS), INPUTS


class _LoadsOnce(Mean):
    loaded = 0

    def __setstate__(self, state: dict[str, Any]) -> None:
        type(self).loaded += 1
        super().__setstate__({**state, "mean_": state["mean_"] + (type(self).loaded > 1)})


def loads_well_only_once() -> Trained:
    """What is loaded after the first time is something else."""
    return _LoadsOnce().fit(INPUTS, TARGETS), INPUTS


class _Refuses(ClassifierMixin, BaseEstimator):
    def fit(self, rows: Any, labels: Any) -> Any:
        self.classes_ = np.unique(labels)
        self.n_features_in_ = rows.shape[1]
        return self

    def predict(self, rows: Any) -> Any:
        if not isinstance(rows, pd.DataFrame):
            raise TypeError("only a DataFrame has the names of features")
        return np.full(len(rows), self.classes_[0])


def inputs_that_it_refuses() -> Trained:
    """It predicts from tables, and the inputs are an array."""
    return _Refuses().fit(INPUTS, np.arange(10) % 2), INPUTS


def iris() -> Trained:
    """A sound model: what is wrong is how it is logged."""
    inputs, labels = load_iris(return_X_y=True, as_frame=True)
    return LogisticRegression(max_iter=500).fit(inputs, labels), inputs
