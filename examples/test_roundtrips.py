"""Whether the models survive being saved and loaded.

One has a test for each check, another has all of them in a single test. The two that pytest.ini
lists in ``lineapy_models`` need no test file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from acme import employment, tumours

from pytest_lineapy import ModelCase, parametrize_with_roundtrips

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_lineapy import CheckResult


@parametrize_with_roundtrips(
    [ModelCase(tumours.train, name="tumours")],
    expected_failures={
        "tumours": {
            "requirements": "acme is not published, so that MLflow can install no requirement for "
            "its class Clip: whoever loads the model has to have this folder on the path",
        }
    },
)
def test_roundtrip(check: Callable[[], None]) -> None:
    """The pipeline, with a step of our own, is the same pipeline after each way back."""
    check()


def test_regression(lineapy_roundtrip: Callable[..., list[CheckResult]]) -> None:
    """All that can be checked of the regression holds, and MLflow is among it."""
    model, inputs = employment.train()
    results = lineapy_roundtrip(model, inputs=inputs, name="employment")
    assert {result.check for result in results if result.status == "passed"} >= {
        "value",
        "predictions",
        "mlflow_native",
    }
