"""Values of Prophet, written and loaded by the real ``mlflow.prophet``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

pytest.importorskip("mlflow", reason="MLflow writes and loads the models")
pytest.importorskip("prophet", reason="the models are Prophet's")

import mlflow.prophet
import numpy as np
import pandas as pd
from prophet import Prophet

from lineapy_store import flavors

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [
    # MLflow, of its own classes, when it first imports them.
    pytest.mark.filterwarnings("ignore:.*Any type hint is inferred:UserWarning"),
    # Prophet, on the newest pandas.
    pytest.mark.filterwarnings(r"ignore:::prophet\."),
]

PROPHET = flavors.named("prophet")
DAYS = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=60), "y": np.arange(60.0) % 7})


class Sales(Prophet):
    """A user's subclass."""


def fit(kind: type = Prophet, **settings: Any) -> Any:
    """A model without the intervals that are drawn at random."""
    return kind(uncertainty_samples=0, **settings).fit(DAYS)


@pytest.mark.parametrize("kind", [Prophet, Sales])
def test_fitted_models_load_equal(kind: type, tmp_path: Path) -> None:
    """What has no obstacle is written, and plain loading predicts the same."""
    model = fit(kind)
    assert flavors.find(model) is PROPHET
    assert PROPHET.obstacle(model) is None
    mlflow.prophet.save_model(model, str(tmp_path / "model"), pip_requirements=[])
    loaded = mlflow.prophet.load_model(str(tmp_path / "model"))
    pd.testing.assert_frame_equal(loaded.predict(DAYS), model.predict(DAYS))


def test_a_subclass_comes_back_as_prophet_and_that_is_said() -> None:
    """The reason says that the subclass is lost, since Prophet's JSON knows only Prophet."""
    assert "plain Prophet" in (PROPHET.prepare(fit(Sales), {}).reason or "")
    assert PROPHET.prepare(fit(), {}).reason is None


@pytest.mark.parametrize(
    ("make", "word"),
    [(Prophet, "fitted"), (lambda: fit(n_changepoints=np.int64(3)), "int64")],
    ids=["unfitted", "not JSON"],
)
def test_obstacles_are_what_mlflow_fails_on(make: Any, word: str, tmp_path: Path) -> None:
    """Where there is an obstacle MLflow raises, and the obstacle says why beforehand."""
    model = make()
    assert word in (PROPHET.obstacle(model) or "")
    with pytest.raises((ValueError, TypeError)):
        mlflow.prophet.save_model(model, str(tmp_path / "model"), pip_requirements=[])
