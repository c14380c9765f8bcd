"""Models of Prophet, each broken in one way that a round trip has to show."""

from __future__ import annotations

from typing import Any

import prophet

from pytest_lineapy.training import fit_prophet

Trained = tuple[Any, Any]


class Forecaster(prophet.Prophet):
    """A Prophet that knows where it is from."""

    region = "unknown"


def subclass_of_prophet() -> Trained:
    """MLflow loads a plain Prophet, whatever its class was."""
    model = fit_prophet()
    model.__class__ = Forecaster
    model.region = "EMEA"
    return model, model.history[["ds"]]
