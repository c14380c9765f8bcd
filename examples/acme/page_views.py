"""Forecasts the views of a page, with Prophet."""

from __future__ import annotations

import importlib.resources

import pandas as pd
from prophet import Prophet


def _history() -> pd.DataFrame:
    """Return the page views that Prophet tests itself with."""
    source = importlib.resources.files("prophet") / "tests" / "data.csv"
    with source.open(encoding="utf-8") as file:
        return pd.read_csv(file, parse_dates=["ds"])


def forecast() -> Prophet:
    """Return a model of the years on record."""
    return Prophet(uncertainty_samples=0).fit(_history())


def forecast_inputs() -> pd.DataFrame:
    """Return the thirty days after the record ends."""
    return pd.DataFrame({"ds": pd.date_range(_history()["ds"].max(), periods=31)[1:]})
