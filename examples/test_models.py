"""What a team with these models would test: that each is registered, and loads as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from demo import (
    Example,
    equal,
    prophet_forecast,
    sklearn_classifier,
    statsmodels_regression,
    xgboost_regressor,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineapy_store import Store
    from pytest_lineapy.factories import Tracking


@pytest.mark.parametrize(
    "train", [sklearn_classifier, xgboost_regressor, prophet_forecast, statsmodels_regression]
)
def test_the_model_is_registered_and_loads(
    train: Callable[[], Example], lineapy_store_mlflow: Store, mlflow_tracking: Tracking
) -> None:
    """What the registry has under the model's name predicts what was trained, to the last bit."""
    example = train()
    saved = lineapy_store_mlflow.save(example.value, example.name)
    assert mlflow_tracking.registered_models() == [example.name]
    assert equal(example.observe(example.value), example.observe(saved.get_value()))


def test_settings_need_no_mlflow(lineapy_store: Store) -> None:
    """What is no model is kept, by version, in the store itself."""
    for threshold in (0.3, 0.5):
        lineapy_store.save({"threshold": threshold}, "settings")
    assert lineapy_store.get("settings", version=0).get_value() == {"threshold": 0.3}
    assert lineapy_store.get("settings").get_value() == {"threshold": 0.5}
