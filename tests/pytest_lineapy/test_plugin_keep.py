"""--lineapy-keep: what failed tests logged stays, and the summary says how to look at it."""

from __future__ import annotations

import os
import re
import signal
import urllib.request
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.inner_pytest import InnerPytest

_TESTS = """
def test_passes(mlflow_tracking):
    note(mlflow_tracking.workspace)

def test_fails(mlflow_tracking):
    mlflow_tracking.client.create_registered_model("left")
    note(mlflow_tracking.workspace)
    assert False
"""


def test_a_database_is_shown_by_a_command(inner: InnerPytest) -> None:
    """For each failed test there is the command that opens MLflow's UI on its database."""
    mlflow = pytest.importorskip("mlflow", reason="what is kept is MLflow's")
    inner.write(_TESTS)
    inner.ini(lineapy_keep="true")
    result = inner.run()
    result.assert_outcomes(passed=1, failed=1)
    found = re.findall(r"mlflow ui --backend-store-uri (\S+)", result.stdout.str())
    assert len(found) == 1
    client = mlflow.MlflowClient(found[0], found[0])
    assert [model.name for model in client.search_registered_models()] == ["left"]


def test_a_factory_keeps(inner: InnerPytest) -> None:
    """A factory's argument keeps what its fixture gave, without the command line, and no more."""
    pytest.importorskip("mlflow", reason="what is kept is MLflow's")
    inner.write(
        "from pytest_lineapy import factories\n"
        "kept = factories.mlflow_tracking(keep=True)\n"
        "def test_kept(kept): assert False\n"
        "def test_other(mlflow_tracking): assert False\n"
    )
    output = inner.run().stdout.str()
    assert len(re.findall("mlflow ui --backend-store-uri", output)) == 1
    assert "test_inner.py::test_kept" in output.partition("models of failed tests")[2]


def test_a_foreign_server_keeps_the_failed_tests_workspace(
    inner: InnerPytest, mlflow_server_url: str
) -> None:
    """Its URL is shown, also by the process that xdist's workers report to; others' are gone."""
    import mlflow  # noqa: PLC0415 - not installed in every environment

    inner.write(_TESTS)
    url = mlflow_server_url
    result = inner.run("-n", "1", "--lineapy-keep", f"--lineapy-mlflow={url}")
    result.assert_outcomes(passed=1, failed=1)
    passed, failed = inner.notes()
    result.stdout.fnmatch_lines(
        [
            "*models of failed tests*",
            "test_inner.py::test_fails",
            f"  {url}/#/models[?]workspace={failed}",
            f"  afterwards: curl -X DELETE '{url}/api/3.0/mlflow/workspaces/{failed}*CASCADE'",
        ]
    )
    client = mlflow.MlflowClient(url)
    there = {each.name for each in client.list_workspaces()}
    assert failed in there
    assert passed not in there
    client.delete_workspace(failed, mode="CASCADE")


def test_the_temporary_server_stays_up_for_a_failed_test(inner: InnerPytest) -> None:
    """The server answers when pytest has ended, until the command that is shown ends it."""
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")
    inner.write(_TESTS)
    output = inner.run("--lineapy-keep", "--lineapy-mlflow=server").stdout.str()
    (pid,) = re.findall(r"afterwards: kill (\d+)", output)
    try:
        (url,) = re.findall(r"(http://\S+)/#/models\?workspace=pytest-test-fails", output)
        with urllib.request.urlopen(f"{url}/health", timeout=30) as answer:  # noqa: S310 - http
            assert answer.read() == b"OK"
    finally:
        os.kill(int(pid), signal.SIGTERM)
