"""--lineapy-reuse-server: one server for several runs."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.inner_pytest import InnerPytest

_TEST = """
import mlflow

def test_it(mlflow_server, mlflow_tracking):
    assert mlflow_tracking.uri == mlflow_server.url
    assert mlflow_tracking.registered_models() == []
    mlflow_tracking.client.create_registered_model("same")
    with mlflow.start_run():
        mlflow.log_text("text", "note.txt")
    there = [each.name for each in mlflow_tracking.client.list_workspaces()]
    artifacts = [str(path) for path in mlflow_server.folder.rglob("note.txt")]
    note([mlflow_server.pid, there, artifacts])
"""


def test_a_conftest_decides(inner: InnerPytest, tmp_path: Path) -> None:
    """A server that a conftest asks to be kept, or brings itself, is the only one that starts."""
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")
    folder = tmp_path / "temporary"
    folder.mkdir()
    inner.write("def test_it(mlflow_server): note(getattr(mlflow_server, 'pid', None))\n")
    conftest = inner.path / "conftest.py"
    conftest.write_text(
        "import pytest\n@pytest.fixture(scope='session')\ndef mlflow_server(): return None\n"
    )
    inner.passes("--lineapy-mlflow=server", env={"TMPDIR": str(folder)})
    assert list(folder.glob("pytest-lineapy-*/*-*")) == []

    conftest.write_text(
        "from pytest_lineapy import factories\n"
        "mlflow_server = factories.mlflow_server(reuse_server=True)\n"
    )
    inner.passes(env={"TMPDIR": str(folder)})
    (_, pid) = inner.notes()
    try:
        (left,) = folder.glob("pytest-lineapy-*/*-*/server.json")
        assert left.parent.name.startswith("warm-")
    finally:
        os.kill(pid, signal.SIGTERM)


def test_the_next_run_finds_the_server_and_nothing_in_it(
    inner: InnerPytest, tmp_path: Path
) -> None:
    """The second run uses the first one's server, and neither leaves a workspace or a file."""
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")
    inner.write(_TEST)
    inner.ini(lineapy_mlflow="server", lineapy_reuse_server="true")
    folder = tmp_path / "temporary"
    folder.mkdir()
    pid = None
    try:
        for _ in range(2):
            inner.passes(env={"TMPDIR": str(folder)})
            ((found, workspaces, artifacts),) = inner.notes()
            assert pid in (None, found)
            pid = found
            assert len(workspaces) == 2  # "default", which a server always has, and the test's
            assert len(artifacts) == 1
            assert list(folder.rglob("note.txt")) == []
    finally:
        if pid is not None:
            os.kill(pid, signal.SIGTERM)
