"""Small models of every flavor, trained in milliseconds on made-up data.

These are the functions that the examples of ``pytest_lineapy.strategies`` are printed with. The
same arguments train the same model. Each imports the library that it trains with, and no other.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import importlib
import logging
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["fit", "fit_booster", "fit_prophet", "fit_statsmodels", "table"]


def table(*, rows: int = 6, columns: int = 2, frame: bool = False, seed: int = 0) -> Any:
    """Returns made-up inputs, of the shape that models are trained on.

    Args:
        rows: How many.
        columns: How many.
        frame: A DataFrame with columns ``x0``, ``x1``, ... instead of an array.
        seed: Of the random numbers, which are in [0, 1).

    Returns:
        Array or DataFrame of float64, ``rows`` by ``columns``.
    """
    values = importlib.import_module("numpy").random.default_rng(seed).random((rows, columns))
    if not frame:
        return values
    names = [f"x{number}" for number in range(columns)]
    return importlib.import_module("pandas").DataFrame(values, columns=names)


def fit(  # noqa: PLR0913 - keywords, each with a default
    estimator: Any,
    *,
    rows: int = 6,
    columns: int = 2,
    classes: int = 2,
    frame: bool = False,
    seed: int = 0,
) -> Any:
    """Returns a fitted copy of an estimator of scikit-learn or XGBoost.

    Args:
        estimator: Stays as it is.
        rows: Of ``table``, on which it is fitted.
        columns: Of ``table``.
        classes: If it is a classifier, how many there are; at most ``rows``.
        frame: Of ``table``.
        seed: Of ``table``.
    """
    base = importlib.import_module("sklearn.base")
    inputs = table(rows=rows, columns=columns, frame=frame, seed=seed)
    labels = importlib.import_module("numpy").arange(rows)
    targets = labels % classes if base.is_classifier(estimator) else labels / rows
    with _quiet():
        return base.clone(estimator).fit(inputs, targets)


def fit_booster(  # noqa: PLR0913 - keywords, each with a default
    params: Mapping[str, Any],
    *,
    rounds: int = 1,
    rows: int = 6,
    columns: int = 2,
    frame: bool = False,
    seed: int = 0,
) -> Any:
    """Returns a Booster of XGBoost's.

    Args:
        params: Of ``xgboost.train``.
        rounds: How many trees.
        rows: Of ``table``, on which it is trained.
        columns: Of ``table``.
        frame: Of ``table``; with it, the Booster has feature names.
        seed: Of ``table``.
    """
    xgboost = importlib.import_module("xgboost")
    labels = importlib.import_module("numpy").arange(rows) / rows
    inputs = table(rows=rows, columns=columns, frame=frame, seed=seed)
    return xgboost.train(dict(params), xgboost.DMatrix(inputs, label=labels), rounds)


def fit_statsmodels(
    kind: str, *, rows: int = 8, columns: int = 1, formula: bool = False, seed: int = 0
) -> Any:
    """Returns the results of a linear model of statsmodels'.

    Args:
        kind: Class of the model in ``statsmodels.api``, such as ``"OLS"`` or ``"GLM"``.
        rows: Of ``table``, which it is fitted to; more than ``columns`` + 1.
        columns: Of ``table``.
        formula: Whether the model is made of a formula, ``x2 ~ x0 + x1``, and a DataFrame.
        seed: Of ``table``.
    """
    inputs = table(rows=rows, columns=columns + 1, frame=formula, seed=seed)
    api = importlib.import_module("statsmodels.api")
    make = getattr(api, kind)
    if formula:
        *terms, last = inputs.columns
        model = make.from_formula(f"{last} ~ {' + '.join(terms)}", inputs)
    else:
        model = make(inputs[:, -1], api.add_constant(inputs[:, :-1]))
    with _quiet():
        return model.fit()


def fit_prophet(
    *, days: int = 10, growth: str = "linear", seasonality_mode: str = "additive"
) -> Any:
    """Returns a fitted Prophet without uncertainty; the first such one takes 0.1 s.

    Args:
        days: Length of the history, from 2024-01-01 on.
        growth: Of ``Prophet``.
        seasonality_mode: Of ``Prophet``.
    """
    # Copied, so that whoever gets it may change it; which takes 4 ms.
    return copy.deepcopy(_fitted_prophet(days, growth, seasonality_mode))


@functools.cache
def _fitted_prophet(days: int, growth: str, seasonality_mode: str) -> Any:
    # Imported before its loggers are told to be quiet, since that sets their levels.
    pandas, prophet = map(importlib.import_module, ("pandas", "prophet"))
    history = pandas.DataFrame(
        {
            "ds": pandas.date_range("2024-01-01", periods=days),
            "y": [float(day % 7) for day in range(days)],
        }
    )
    with _quiet("prophet", "cmdstanpy"):
        model = prophet.Prophet(
            growth=growth,
            seasonality_mode=seasonality_mode,
            yearly_seasonality=False,
            weekly_seasonality=days > 14,  # noqa: PLR2004 - two weeks, as Prophet has it
            daily_seasonality=False,
            uncertainty_samples=0,
        )
        return model.fit(history)


@contextlib.contextmanager
def _quiet(*names: str) -> Iterator[None]:
    """Keeps back what libraries have to say of data that is made up."""
    loggers = [logging.getLogger(name) for name in names]
    levels = [logger.level for logger in loggers]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for logger in loggers:
                logger.setLevel(logging.ERROR)
            yield
        finally:
            for logger, level in zip(loggers, levels, strict=True):
                logger.setLevel(level)
