"""Tells malignant tumours from benign ones, with scikit-learn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.datasets import load_breast_cancer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from acme.features import Clip

if TYPE_CHECKING:
    import pandas as pd


def train() -> tuple[Pipeline, pd.DataFrame]:
    """Return a classifier, and measurements that it has not seen."""
    inputs, labels = load_breast_cancer(return_X_y=True, as_frame=True)
    model = make_pipeline(Clip(0.01), StandardScaler(), LogisticRegression())
    return model.fit(inputs[:-50], labels[:-50]), inputs[-50:]
