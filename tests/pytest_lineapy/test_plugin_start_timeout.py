"""--lineapy-start-timeout: how long the tracking server may take."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.inner_pytest import InnerPytest


@pytest.mark.parametrize("source", ["argument", "command line", "ini"])
def test_a_server_that_takes_too_long_fails_its_tests(inner: InnerPytest, source: str) -> None:
    """The tests that need it fail, with the limit in the message; the factory's goes first."""
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")
    limits = {"ini": "0.003", "command line": "0.002", "argument": "0.001"}
    inner.write(
        "from pytest_lineapy import factories\n"
        + (
            f"mlflow_server = factories.mlflow_server(start_timeout={limits['argument']})\n"
            if source == "argument"
            else ""
        )
        + "def test_it(mlflow_server): pass\ndef test_other(): pass\n"
    )
    inner.ini(lineapy_start_timeout=limits["ini"])
    line = () if source == "ini" else (f"--lineapy-start-timeout={limits['command line']}",)
    result = inner.run(*line)
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines([f"*is not ready after*limit {limits[source]} s*"])


@pytest.mark.parametrize("value", ["soon", "0", "-1", "inf", "nan"])
def test_it_has_to_be_a_number_of_seconds(inner: InnerPytest, value: str) -> None:
    """The usage error has the value and an example of a right one."""
    result = inner.run(f"--lineapy-start-timeout={value}")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: --lineapy-start-timeout is '{value}', but *such as 60"])
