"""Sound models of statsmodels: no check may fail."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from statsmodels.tsa.arima.model import ARIMA

Trained = tuple[Any, Any]


def _inputs() -> Any:
    return sm.add_constant(np.random.default_rng(0).random((40, 2)))


def ols() -> Trained:
    """Least squares."""
    return sm.OLS(_inputs()[:, 1] * 2, _inputs()).fit(), _inputs()


def ols_that_was_summarized() -> Trained:
    """Least squares that have been asked for what is worked out late."""
    model = sm.OLS(_inputs()[:, 1] * 2 + _inputs()[:, 2] ** 2, _inputs()).fit()
    model.summary()
    return model, _inputs()


def glm() -> Trained:
    """Counts."""
    counts = np.random.default_rng(1).poisson(2.0, 40)
    return sm.GLM(counts, _inputs(), family=sm.families.Poisson()).fit(), _inputs()


def logit_of_a_formula() -> Trained:
    """A formula over a table, with categories and a function of NumPy's."""
    draw = np.random.default_rng(0)
    table = pd.DataFrame({"age": draw.random(40) + 1, "city": ["Oslo", "Rome"] * 20})
    table["left"] = (draw.random(40) > 0.5).astype(int)
    return smf.logit("left ~ np.log(age) + C(city)", table).fit(disp=0), table


def arima() -> Any:
    """A series of months, which is asked for nothing: there are no inputs."""
    months = pd.date_range("2020-01-01", periods=36, freq="MS")
    series = pd.Series(np.random.default_rng(0).random(36).cumsum(), index=months)
    return ARIMA(series, order=(1, 0, 0)).fit()
