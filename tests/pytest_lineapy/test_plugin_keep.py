"""--lineapy-keep: what failed tests logged stays, and the summary says how to look at it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.plugins.inner_pytest import InnerPytest

_TESTS = """
def test_passes(mlflow_tracking):
    note(mlflow_tracking.workspace)

def test_fails(mlflow_tracking):
    mlflow_tracking.client.create_registered_model("left")
    note(mlflow_tracking.workspace)
    assert False
"""


@contextlib.contextmanager
def _ended(output: str) -> Iterator[None]:
    """End what the summary says is there, as it says."""
    try:
        yield
    finally:
        for pid in re.findall(r"afterwards: kill (\d+)", output):
            os.kill(int(pid), signal.SIGTERM)


def test_a_database_is_shown_at_an_address(inner: InnerPytest) -> None:
    """For each failed test there is a URL of MLflow's UI, and nothing of those that passed.

    What is kept stays though pytest removes all its temporary folders.
    """
    mlflow = pytest.importorskip("mlflow", reason="what is kept is MLflow's")
    inner.write(
        _TESTS + "def test_kept(mlflow_tracking):\n"
        "    import mlflow\n"
        "    with mlflow.start_run(): mlflow.log_text('text', 'note.txt')\n"
        "    assert False\n"
    )
    inner.ini(lineapy_keep="true", tmp_path_retention_count="0", tmp_path_retention_policy="failed")
    (inner.path / "temporary").mkdir()
    result = inner.run(env={"TMPDIR": str(inner.path / "temporary")})
    result.assert_outcomes(passed=1, failed=2)
    output = result.stdout.str()
    with _ended(output):
        first, second = re.findall(r"  (http://127.0.0.1:\d+)/#/models", output)
        folders = re.findall(r"afterwards: kill \d+; rm -r (\S+)", output)
        assert sorted(folders) == sorted(
            str(path) for path in (inner.path / "temporary").glob("*-kept-*")
        )
        client = mlflow.MlflowClient(first, registry_uri=first)
        assert [model.name for model in client.search_registered_models()] == ["left"]
        with urllib.request.urlopen(f"{first}/", timeout=30) as answer:  # noqa: S310 - http
            assert b"<html" in answer.read()
        assert len(list(Path(folders[1]).rglob("note.txt"))) == 1
        assert second != first


def test_many_databases_are_shown_by_commands(inner: InnerPytest) -> None:
    """Where many tests fail not each has a process, but each has a way to look at it."""
    pytest.importorskip("mlflow", reason="what is kept is MLflow's")
    inner.write("def test_it(mlflow_tracking): assert False\n")
    inner.write(
        "from pytest_lineapy import _tracking\n_tracking._MOST_SHOWN = 0\n", name="conftest"
    )
    output = inner.run("--lineapy-keep").stdout.str()
    (uri,) = re.findall(r"  mlflow ui --backend-store-uri sqlite:///(\S+)", output)
    (folder,) = re.findall(r"  afterwards: rm -r (\S+)", output)
    assert Path(uri) == Path(folder, "mlflow.db")
    assert Path(uri).exists()
    shutil.rmtree(folder)


def test_a_database_that_no_process_can_show_has_a_command(inner: InnerPytest) -> None:
    """Where no port can be opened the run goes on, and what failed can be looked at elsewhere."""
    pytest.importorskip("mlflow", reason="what is kept is MLflow's")
    inner.write(
        "import socket\n"
        "def refuse(*_, **__): raise PermissionError(13, 'Permission denied')\n"
        "def test_fails(mlflow_tracking, monkeypatch):\n"
        "    monkeypatch.setattr(socket, 'create_server', refuse)\n"
        "    assert False\n"
        "def test_next(): pass\n"
    )
    result = inner.run("--lineapy-keep")
    result.assert_outcomes(passed=1, failed=1)
    (folder,) = re.findall(r"  afterwards: rm -r (\S+)", result.stdout.str())
    result.stdout.fnmatch_lines([f"  mlflow ui --backend-store-uri sqlite:///{folder}/mlflow.db"])
    shutil.rmtree(folder)


def test_a_server_that_the_test_has_stopped_is_not_shown(
    inner: InnerPytest, stand_in: Path
) -> None:
    """There is nothing to look at; the report says so, and the run goes on."""
    pytest.importorskip("mlflow", reason="the fixture of the server asks for it")
    inner.write(
        "def test_fails(mlflow_server):\n"
        "    mlflow_server.stop()\n"
        "    assert False\n"
        "def test_next(): pass\n"
    )
    result = inner.run("--lineapy-keep", env={"PYTHONPATH": str(stand_in)})
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*- MLflow server http://127.0.0.1:*", "it has been stopped"])


def test_a_factory_keeps(inner: InnerPytest) -> None:
    """A factory's argument keeps what its fixture gave, without the command line, and no more."""
    pytest.importorskip("mlflow", reason="what is kept is MLflow's")
    inner.write(
        "from pytest_lineapy import factories\n"
        "kept = factories.mlflow_tracking(keep=True)\n"
        "def test_kept(kept): assert False\n"
        "def test_other(mlflow_tracking): assert False\n"
    )
    (inner.path / "temporary").mkdir()
    output = inner.run(env={"TMPDIR": str(inner.path / "temporary")}).stdout.str()
    with _ended(output):
        assert len(re.findall("/#/models", output)) == 1
        assert "test_inner.py::test_kept" in output.partition("models of failed tests")[2]


def test_a_place_of_a_test_that_passed_is_removed(inner: InnerPytest) -> None:
    """Its database and artifacts do not fill the disk; those of a failed test are there to see."""
    pytest.importorskip("mlflow", reason="what is removed is MLflow's")
    inner.write(
        "import pytest\n"
        "@pytest.mark.parametrize('number', range(3))\n"
        "def test_it(mlflow_tracking, number): assert number\n"
    )
    inner.run().assert_outcomes(passed=2, failed=1)
    assert len(list(inner.path.rglob("mlflow.db"))) == 1


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
    client = mlflow.MlflowClient(url, registry_uri=url)
    there = {each.name for each in client.list_workspaces()}
    assert failed in there
    assert passed not in there
    client.delete_workspace(failed, mode="CASCADE")


def test_the_temporary_server_stays_up_for_a_failed_test(inner: InnerPytest) -> None:
    """The server answers when pytest has ended, until the command that is shown ends it."""
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")
    inner.write(_TESTS)
    output = inner.run("--lineapy-keep", "--lineapy-mlflow=server").stdout.str()
    with _ended(output):
        (url,) = re.findall(r"(http://\S+)/#/models\?workspace=pytest-test-fails", output)
        with urllib.request.urlopen(f"{url}/health", timeout=30) as answer:  # noqa: S310 - http
            assert answer.read() == b"OK"
