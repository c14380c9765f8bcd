"""A tracking server that dies in the middle of a run."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.inner_pytest import InnerPytest

_TESTS = """
import os, signal
import mlflow

def test_before(mlflow_server, mlflow_tracking):
    note(mlflow_server.url)
    mlflow_tracking.client.create_registered_model("same")

def test_kills(mlflow_server, mlflow_tracking):
    os.kill(mlflow_server.pid, signal.SIGKILL)
    mlflow_tracking.client.create_registered_model("same")

def test_after(mlflow_server, mlflow_tracking):
    note(mlflow_server.url)
    mlflow_tracking.client.create_registered_model("same")
    with mlflow.start_run():
        mlflow.log_text("text", "note.txt")
"""


@pytest.mark.timeout(150)  # seconds; MLflow itself asks a server that is gone for 250
def test_next_test_has_a_server_again(inner: InnerPytest) -> None:
    """The test in which the server was killed fails and says so; the next one finds a server."""
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")
    inner.write(_TESTS)
    result = inner.run("--lineapy-mlflow=server", "-rA")
    result.assert_outcomes(passed=2, failed=1)
    before, after = inner.notes()
    assert before == after
    result.stdout.fnmatch_lines(
        [
            f"*- MLflow server {before} -*",
            "its process has ended with exit code -9",
            "*MLflow servers that were started again*",
            f"{before} had ended before test_inner.py::test_after",
        ]
    )
