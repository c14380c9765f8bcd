"""What a team would test with plain fixtures: where things go, and which version one gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from acme import diabetes

if TYPE_CHECKING:
    from lineapy_store import Store
    from pytest_lineapy.factories import Tracking


def test_the_model_is_registered_and_loads(
    lineapy_store_mlflow: Store, mlflow_tracking: Tracking
) -> None:
    """What the registry has under the model's name predicts what was trained, to the last bit."""
    model, inputs = diabetes.train(), diabetes.train_inputs()
    saved = lineapy_store_mlflow.save(model, "diabetes")
    assert mlflow_tracking.registered_models() == ["diabetes"]
    assert np.array_equal(saved.get_value().predict(inputs), model.predict(inputs))


def test_settings_need_no_mlflow(lineapy_store: Store) -> None:
    """What is no model is kept, by version, in the store itself."""
    for threshold in (0.3, 0.5):
        lineapy_store.save({"threshold": threshold}, "settings")
    assert lineapy_store.get("settings", version=0).get_value() == {"threshold": 0.3}
    assert lineapy_store.get("settings").get_value() == {"threshold": 0.5}
