"""Predicts how diabetes will progress within a year, with XGBoost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sklearn.datasets import load_diabetes
from xgboost import XGBRegressor

if TYPE_CHECKING:
    import pandas as pd


def train() -> XGBRegressor:
    """Return boosted trees."""
    inputs, progression = load_diabetes(return_X_y=True, as_frame=True)
    return XGBRegressor(n_estimators=50, max_depth=3).fit(inputs, progression)


def train_inputs() -> pd.DataFrame:
    """Return the records of some patients."""
    return load_diabetes(as_frame=True).data[:50]
