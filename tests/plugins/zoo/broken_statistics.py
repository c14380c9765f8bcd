"""Models of statsmodels and Prophet, each broken in one way that a round trip has to show."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

Trained = tuple[Any, Any]


def _table() -> Any:
    values = np.random.default_rng(0).random((30, 2))
    return pd.DataFrame(values, columns=["age", "income"])


def formula_with_a_function() -> Trained:
    """The formula names a function that is found only where it was written."""

    def squared(values: Any) -> Any:
        return values**2

    table = _table()
    return smf.ols("income ~ squared(age)", table).fit(), table


def ols() -> Trained:
    """A sound model: what is wrong is how it is logged."""
    inputs = sm.add_constant(_table().to_numpy())
    return sm.OLS(inputs[:, 1] * 2, inputs).fit(), inputs


def note_of_a_class_in_main() -> Trained:
    """An object of a class in ``__main__`` is attached to the results."""
    model, inputs = ols()
    main = sys.modules["__main__"]
    exec("class ChurnNote:\n    text = 'trained by hand'\n", vars(main))  # noqa: S102 - as a script does
    model.note = vars(main)["ChurnNote"]()
    return model, inputs
