"""Explains employment by the state of the economy, with statsmodels."""

from __future__ import annotations

from typing import TYPE_CHECKING

import statsmodels.api as sm

if TYPE_CHECKING:
    import pandas as pd
    from statsmodels.regression.linear_model import RegressionResultsWrapper


def train() -> tuple[RegressionResultsWrapper, pd.DataFrame]:
    """Return a linear regression on Longley's data, and the years that it is about."""
    data = sm.datasets.longley.load_pandas()
    inputs = sm.add_constant(data.exog)
    return sm.OLS(data.endog, inputs).fit(), inputs
