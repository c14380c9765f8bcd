"""Sound models of Prophet: no check may fail."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import prophet

Trained = tuple[Any, Any]


def _history() -> Any:
    days = pd.date_range("2024-01-01", periods=60)
    numbers = np.arange(60.0)
    return pd.DataFrame({"ds": days, "y": numbers % 7 + numbers / 60, "promotion": numbers % 5 > 3})


def _fit(model: Any) -> Any:
    logging.getLogger("cmdstanpy").setLevel(logging.ERROR)
    return model.fit(_history())


def weekly() -> Trained:
    """A trend and weeks, with the bounds that Prophet draws for each forecast."""
    model = _fit(prophet.Prophet(yearly_seasonality=False, uncertainty_samples=20))
    return model, _history()[["ds"]]


def with_regressor_and_holidays() -> Trained:
    """What else is known of the days."""
    holidays = pd.DataFrame({"holiday": "fair", "ds": pd.to_datetime(["2024-02-01"])})
    model = prophet.Prophet(holidays=holidays, uncertainty_samples=0)
    model.add_regressor("promotion")
    return _fit(model), _history()[["ds", "promotion"]]
