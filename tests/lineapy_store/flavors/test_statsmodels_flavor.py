"""Values of statsmodels, written and loaded by the real ``mlflow.statsmodels``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("mlflow", reason="MLflow writes and loads the models")
pytest.importorskip("statsmodels", reason="the models are statsmodels'")

import mlflow.statsmodels
import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf

from lineapy_store import flavors

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = [
    # MLflow, of its own classes, when it first imports them.
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning"),
]

STATSMODELS = flavors.named("statsmodels")
RANDOM = np.random.default_rng(0)
DATA = pd.DataFrame(
    {"a": RANDOM.normal(size=80), "b": RANDOM.uniform(1, 2, size=80), "g": np.arange(80) % 4}
).assign(y=lambda frame: frame.a + 2 * frame.b + RANDOM.normal(size=80))
SERIES = pd.Series(
    50 + RANDOM.normal(size=80).cumsum(), index=pd.date_range("2024-01-01", periods=80, freq="D")
)

RESULTS: dict[str, Callable[[], Any]] = {
    "OLS": lambda: sm.OLS(DATA.y, DATA[["a", "b"]]).fit(),
    "OLS formula": lambda: smf.ols("y ~ a + C(g)", DATA).fit(),
    "OLS formula with numpy": lambda: smf.ols("y ~ np.log(b)", DATA).fit(),
    "OLS regularized": lambda: sm.OLS(DATA.y, DATA[["a", "b"]]).fit_regularized(),
    "GLM": lambda: sm.GLM(DATA.y, DATA[["a", "b"]]).fit(),
    "Logit": lambda: sm.Logit(DATA.y > DATA.y.mean(), DATA[["a", "b"]]).fit(disp=0),
    "MixedLM": lambda: sm.MixedLM(DATA.y + DATA.g, DATA[["a", "b"]], groups=DATA.g).fit(),
    "PHReg": lambda: sm.PHReg(DATA.b, DATA[["a"]]).fit(),
    "ARIMA": lambda: sm.tsa.ARIMA(SERIES, order=(1, 0, 0)).fit(),
    "SARIMAX": lambda: sm.tsa.SARIMAX(SERIES, order=(1, 0, 0)).fit(disp=0),
    "Holt-Winters": lambda: sm.tsa.ExponentialSmoothing(SERIES, trend="add").fit(),
    "VAR": lambda: sm.tsa.VAR(DATA[["a", "b"]]).fit(1),
}


@pytest.mark.parametrize("name", RESULTS)
def test_fitted_results_load_equal(name: str, tmp_path: Path) -> None:
    """What has no obstacle is written, and plain loading gives the same parameters and fit."""
    result = RESULTS[name]()
    assert flavors.find(result) is STATSMODELS
    assert STATSMODELS.obstacle(result) is None
    mlflow.statsmodels.save_model(result, str(tmp_path / "model"), pip_requirements=[])
    loaded = mlflow.statsmodels.load_model(str(tmp_path / "model"))
    assert repr(loaded.params) == repr(result.params)
    if hasattr(result, "predict") and name != "PHReg":
        np.testing.assert_array_equal(loaded.predict(), result.predict())


@pytest.mark.parametrize(
    "make",
    [
        lambda: sm.OLS(DATA.y, DATA[["a"]]),
        lambda: sm.tsa.ARIMA(SERIES),
        lambda: sm.OLS(DATA.y, DATA[["a"]]).fit().summary(),
        lambda: sm.tsa.seasonal_decompose(SERIES, period=7),
    ],
    ids=["OLS", "ARIMA", "summary", "decomposition"],
)
def test_what_is_no_fitted_result_is_an_obstacle_that_mlflow_confirms(
    make: Callable[[], Any], tmp_path: Path
) -> None:
    """Models that were not fitted, and tables, have no ``save``, which MLflow calls."""
    value = make()
    assert type(value).__name__ in (STATSMODELS.obstacle(value) or "")
    with pytest.raises(AttributeError):
        mlflow.statsmodels.save_model(value, str(tmp_path / "model"), pip_requirements=[])


def test_a_formula_that_uses_the_users_own_function_is_an_obstacle() -> None:
    """Such a formula is evaluated anew when it is loaded, where that function is not known."""

    def squared(values: Any) -> Any:
        return values**2

    assert squared(2) == 4
    result = smf.ols("y ~ squared(a)", DATA).fit()
    assert "'squared'" in (STATSMODELS.obstacle(result) or "")


def test_what_cannot_be_pickled_is_an_obstacle() -> None:
    """A result that refers to a lambda is known before anything is written."""
    result = RESULTS["OLS"]()
    result._results.hook = lambda: None  # noqa: SLF001 - as a user may attach anything
    assert "pickled" in (STATSMODELS.obstacle(result) or "")
