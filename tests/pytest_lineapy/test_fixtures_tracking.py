"""A place in MLflow for each test: clean, nobody else's, and gone or kept afterwards."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy import _tracking, factories
from pytest_lineapy._cache import migrated_database

mlflow = pytest.importorskip("mlflow", reason="what is tested is MLflow's side")

if TYPE_CHECKING:
    from collections.abc import Callable

    import lineapy_store as lineapy
    from tests.plugins.inner_pytest import InnerPytest

second_tracking = factories.mlflow_tracking(mlflow="sqlite")
second_store = factories.lineapy_store(tracking="second_tracking")
on_server = factories.mlflow_tracking(mlflow="server")
on_server_again = factories.mlflow_tracking(mlflow="server")

_SAME_NAMES = """
import subprocess, sys
import mlflow
import pytest

CODE = '''
import mlflow
mlflow.set_experiment("same")
with mlflow.start_run():
    mlflow.log_metric("m", 1)
    mlflow.log_text("text", "note.txt")
mlflow.MlflowClient().create_registered_model("from-" + mlflow.get_experiment_by_name("same").name)
'''

@pytest.mark.parametrize("number", range(4))
def test_it(mlflow_tracking, number):
    assert mlflow_tracking.registered_models() == []
    assert [each.name for each in mlflow_tracking.client.search_experiments()] == ["Default"]
    with mlflow.start_run() as run:
        assert run.info.experiment_id == mlflow_tracking.experiment_id
    mlflow.set_experiment("same")
    with mlflow.start_run():
        mlflow.log_metric("m", number)
        mlflow.log_text("text", "note.txt")
    mlflow_tracking.client.create_registered_model("same")
    assert len(mlflow.search_runs(search_all_experiments=True, output_format="list")) == 2
    assert mlflow_tracking.registered_models() == ["same"]
    if number == 0:
        subprocess.run([sys.executable, "-c", CODE], check=True)
        assert mlflow_tracking.registered_models() == ["from-same", "same"]
        assert len(mlflow.search_runs(search_all_experiments=True, output_format="list")) == 3
    note(mlflow_tracking.workspace)
"""


@pytest.mark.parametrize(
    ("mode", "arguments"), [("sqlite", ()), ("external", ("-n", "2"))], ids=["sqlite", "external"]
)
def test_the_same_names_never_meet(
    inner: InnerPytest, mlflow_server_url: str, mode: str, arguments: tuple[str, ...]
) -> None:
    """Tests that use one experiment's and one model's name see only their own, children included.

    Nothing is left in the folder that pytest runs in, and on somebody else's server no workspace.
    """
    inner.write(_SAME_NAMES)
    url = mlflow_server_url if mode == "external" else mode
    inner.passes(f"--lineapy-mlflow={url}", "-p", "no:cacheprovider", *arguments, n=4)
    workspaces = set(inner.notes())
    assert not {"mlruns", "mlflow.db", "mlartifacts"} & {path.name for path in inner.path.iterdir()}
    if mode == "external":
        assert len(workspaces) == 4
        there = {each.name for each in mlflow.MlflowClient(url).list_workspaces()}
        assert not workspaces & there


def test_models_go_to_the_place(inner: InnerPytest) -> None:
    """The first test of the README: a model that is saved is registered, and loads."""
    pytest.importorskip("sklearn", reason="what is saved is a model of scikit-learn")
    inner.write(
        """
import pytest
from sklearn.linear_model import LogisticRegression

@pytest.mark.filterwarnings("default")  # MLflow warns of itself when mlflow.pyfunc is imported
def test_model(lineapy_store_mlflow, mlflow_tracking):
    model = LogisticRegression().fit([[0], [1]], [0, 1])
    artifact = lineapy_store_mlflow.save(model, "clf")
    assert artifact.get_value().predict([[1]]) == [1]
    assert mlflow_tracking.registered_models() == ["clf"]
    assert artifact.get_metadata()["mlflow"]["tracking_uri"] == mlflow_tracking.uri
"""
    )
    inner.passes()


def test_a_second_set_is_independent(
    lineapy_store_mlflow: lineapy.Store,
    mlflow_tracking: factories.Tracking,
    second_tracking: factories.Tracking,
    second_store: lineapy.Store,
) -> None:
    """Two places in one test do not see each other's models."""
    mlflow_tracking.client.create_registered_model("first")
    second_tracking.client.create_registered_model("second")
    assert mlflow_tracking.registered_models() == ["first"]
    assert second_tracking.registered_models() == ["second"]
    assert lineapy_store_mlflow.options.get("mlflow_tracking_uri") == mlflow_tracking.uri
    assert second_store.options.get("mlflow_tracking_uri") == second_tracking.uri


def test_only_databases_of_tests_are_not_synced(
    tmp_path: Path, second_tracking: factories.Tracking
) -> None:
    """A test's own database does not wait for the disk; one that it opens besides does."""

    def waits(uri: str) -> bool:
        engine = mlflow.store.db.utils.create_sqlalchemy_engine_with_retry(uri)
        with contextlib.closing(engine.connect()) as connection:
            found = connection.exec_driver_sql("PRAGMA synchronous").scalar_one()
        engine.dispose()
        return bool(found)

    assert not waits(second_tracking.uri)
    assert waits(migrated_database(tmp_path / "other.db", str(tmp_path)))


def test_a_server_and_a_database_in_one_test(
    on_server: factories.Tracking, second_tracking: factories.Tracking
) -> None:
    """A place on a server stays the test's own while MLflow points at another one."""
    on_server.client.create_registered_model("first")
    second_tracking.client.create_registered_model("second")
    assert on_server.registered_models() == ["first"]
    assert second_tracking.registered_models() == ["second"]


def test_what_is_left_behind_is_a_warning_that_names_the_test(inner: InnerPytest) -> None:
    """A run left open is reported with the test's id, and the next test starts without it.

    All the while the server that the user's environment names gets no byte.
    """
    inner.write(
        """
import os
import mlflow

def test_leaves(mlflow_tracking):
    mlflow.start_run()

def test_next(mlflow_tracking):
    assert mlflow.active_run() is None

def test_without():
    assert os.environ["MLFLOW_WORKSPACE"] == "production"
    assert mlflow.get_tracking_uri() == os.environ["MLFLOW_TRACKING_URI"]
"""
    )
    with socket.create_server(("127.0.0.1", 0)) as production:
        url = f"http://127.0.0.1:{production.getsockname()[1]}"
        environment = {
            "MLFLOW_TRACKING_URI": url,
            "MLFLOW_REGISTRY_URI": url,
            "MLFLOW_WORKSPACE": "production",
            "MLFLOW_EXPERIMENT_NAME": "production",
        }
        result = inner.run("-W", "default::pytest_lineapy.LeakWarning", env=environment)
        production.settimeout(0)
        with pytest.raises(BlockingIOError):
            production.accept()
    result.assert_outcomes(passed=3, warnings=1)
    result.stdout.fnmatch_lines(
        ["*test_inner.py:*LeakWarning: test_inner.py::test_leaves: the run * was left open*"]
    )


@pytest.mark.parametrize("mode", ["sqlite", "server"])
def test_the_temporary_folder_may_have_any_name(inner: InnerPytest, mode: str) -> None:
    """What would mean something else in a URI leads to no other folder."""
    inner.write(
        """
import mlflow

def test_it(mlflow_tracking):
    with mlflow.start_run():
        mlflow.log_text("text", "note.txt")
    mlflow.set_experiment("another")
    with mlflow.start_run() as run:
        mlflow.log_text("text", "note.txt")
        assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/note.txt") == "text"
    mlflow_tracking.client.create_registered_model("m")
    assert mlflow_tracking.registered_models() == ["m"]
"""
    )
    folder = inner.path / "job_feature%2Fbranch" / "temporary"
    folder.mkdir(parents=True)
    inner.passes(
        f"--lineapy-mlflow={mode}", f"--basetemp={folder / 'pytest'}", env={"TMPDIR": str(folder)}
    )
    assert not (inner.path / "job_feature").exists()
    assert not {"mlruns", "mlflow.db", "mlartifacts"} & {path.name for path in inner.path.iterdir()}


def test_all_pages_of_registered_models_are_read(mlflow_tracking: factories.Tracking) -> None:
    """More models than one answer of MLflow's holds are all in the list."""
    names = [f"model-{number:03}" for number in range(103)]
    for name in reversed(names):
        mlflow_tracking.client.create_registered_model(name)
    assert mlflow_tracking.registered_models() == names


def test_two_places_on_one_server_are_refused(inner: InnerPytest, mlflow_server_url: str) -> None:
    """MLflow knows one workspace at a time: the error says to use a second server."""
    inner.write(
        "from pytest_lineapy import factories\n"
        "other = factories.mlflow_tracking()\n"
        "def test_it(mlflow_tracking, other): pass\n"
    )
    result = inner.run(f"--lineapy-mlflow={mlflow_server_url}")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*factories.mlflow_tracking(server=...)*"])


_FAILING = """
import pytest
from mlflow.exceptions import MlflowException
pytestmark = pytest.mark.lineapy(mlflow="server")

def ask(place, name):
    with pytest.raises(MlflowException):
        place.client.get_run(name)

def test_before(mlflow_tracking):
    ask(mlflow_tracking, "missing-before")

def test_fails(mlflow_tracking):
    mlflow_tracking.client.create_registered_model("x")
    ask(mlflow_tracking, "missing-run-of-the-test")
    assert False

def test_fails_by_itself(mlflow_tracking):
    mlflow_tracking.client.create_registered_model("x")
    assert False

def test_fails_without_it():
    assert False
"""


def test_the_servers_log_is_in_the_report(
    inner: InnerPytest, production: tuple[str, Callable[[], int]]
) -> None:
    """A failed test shows what of its requests failed in the server; and no other test does.

    All of it goes past the proxy that the user has set.
    """
    inner.write(_FAILING)
    proxy, connections = production
    environment = {"HTTP_PROXY": proxy, "http_proxy": proxy, "MLFLOW_HTTP_REQUEST_TIMEOUT": "20"}
    result = inner.run("-n", "2", "--dist=loadfile", env=environment)
    result.assert_outcomes(passed=1, failed=3)
    output = result.stdout.str()
    assert output.count("- MLflow server http://127.0.0.1:") == 1
    section = output.partition("- MLflow server http://127.0.0.1:")[2].partition("____")[0]
    assert "missing-run-of-the-test" in section
    assert "missing-before" not in section
    assert " 200" not in section
    assert connections() == 0


def test_the_log_of_every_server_that_a_test_uses_is_in_its_report(
    inner: InnerPytest, stand_in: Path
) -> None:
    """A second set's server counts, and one that a test asks for as it runs; not others' requests.

    With --lineapy-keep, that of the second set stays, too.
    """
    inner.write(
        """
import urllib.error, urllib.request
import pytest
from pytest_lineapy import factories

other = factories.mlflow_server()

def ask(server, path):
    with pytest.raises(urllib.error.HTTPError) as raised:  # it knows no POST
        urllib.request.urlopen(f"{server.url}/{path}", data=b"")
    raised.value.close()

def test_before(other, mlflow_server):
    ask(other, "of-before")
    ask(mlflow_server, "of-before")

def test_other(other):
    ask(other, "of-other")
    note(other.url)
    assert False

def test_as_it_runs(request):
    server = request.getfixturevalue("mlflow_server")
    ask(server, "of-own")
    note(server.url)
    assert False
"""
    )
    result = inner.run("--lineapy-keep", env={"PYTHONPATH": str(stand_in)})
    result.assert_outcomes(passed=1, failed=2)
    other, own = inner.notes()
    output = result.stdout.str()
    with contextlib.ExitStack() as stack:
        for pid in re.findall(r"afterwards: kill (\d+)", output):
            stack.callback(os.kill, int(pid), signal.SIGTERM)
    result.stdout.fnmatch_lines(
        [
            f"*- MLflow server {other} -*",
            "*of-other*",
            f"*- MLflow server {own} -*",
            "*of-own*",
        ]
    )
    assert "of-before" not in output
    assert output.partition("models of failed tests")[2].count(other) == 1


@pytest.mark.parametrize(
    ("exempt", "inside"),
    [
        ({}, "127.0.0.1"),
        ({"NO_PROXY": "a.example"}, "127.0.0.1,a.example"),
        ({"NO_PROXY": "a.example", "no_proxy": "b.example"}, "127.0.0.1,b.example"),
        ({"NO_PROXY": "*"}, "*"),
    ],
)
def test_hosts_that_need_no_proxy(
    monkeypatch: pytest.MonkeyPatch, exempt: dict[str, str], inside: str
) -> None:
    """The temporary server is one of them during a test, beside those that the user has named."""
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in exempt.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    server = SimpleNamespace(url="http://127.0.0.1:1")
    with _tracking.asking(server):  # type: ignore[arg-type] # needs no server
        assert os.environ["NO_PROXY"] == inside
        assert os.environ.get("no_proxy", inside) == inside
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("given", "retries"),
    [({}, "3"), ({"MAX_RETRIES": "6"}, "6"), ({"BACKOFF_FACTOR": "5"}, None)],
)
def test_a_temporary_server_that_is_gone_is_not_asked_for_minutes(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], retries: str | None
) -> None:
    """MLflow tries a few times, or as the user has told it to."""
    beginning = "MLFLOW_HTTP_REQUEST_"
    for name in ("MAX_RETRIES", "BACKOFF_FACTOR"):
        monkeypatch.delenv(f"{beginning}{name}", raising=False)
    for name, value in given.items():
        monkeypatch.setenv(f"{beginning}{name}", value)
    before = dict(os.environ)
    server = SimpleNamespace(url="http://127.0.0.1:1")
    with _tracking.asking(server):  # type: ignore[arg-type] # needs no server
        assert os.environ.get(f"{beginning}MAX_RETRIES") == retries
    with _tracking.asking(None):
        assert dict(os.environ) == before
    assert dict(os.environ) == before


def test_all_that_is_left_behind_is_in_one_warning(inner: InnerPytest) -> None:
    """Where warnings are errors the first would be the only one that is told."""
    inner.write(
        """
import mlflow
from pathlib import Path

def test_leaves(mlflow_tracking):
    mlflow.start_run(run_name="left")
    Path("mlruns").mkdir()
"""
    )
    result = inner.run()
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        ["*LeakWarning: test_inner.py::test_leaves: the run 'left' * was left open*", "*mlruns*"]
    )


def test_databases_are_closed(inner: InnerPytest) -> None:
    """A long run has no more files open than a short one."""
    inner.write(
        """
import os
import mlflow
import pytest

@pytest.mark.parametrize("number", range(12))
def test_it(mlflow_tracking, number):
    with mlflow.start_run():
        mlflow.log_metric("m", 1)
    mlflow_tracking.client.create_registered_model("same")
    note(len(os.listdir("/proc/self/fd")))
"""
    )
    if not Path("/proc/self/fd").exists():
        pytest.skip("counts open files in /proc")
    inner.passes(n=12)
    counts = inner.notes()
    assert max(counts[6:]) <= max(counts[:6])


def test_a_foreign_workspace_goes_and_nothing_else(
    inner: InnerPytest, mlflow_server_url: str, tmp_path: Path
) -> None:
    """Artifacts that a test put elsewhere stay, and a workspace that cannot be removed is told."""
    inner.write(
        f"""
import mlflow

def test_elsewhere(mlflow_tracking):
    name = mlflow_tracking.workspace
    mlflow_tracking.client.update_workspace(name, default_artifact_root={str(tmp_path)!r})
    experiment = mlflow.create_experiment("elsewhere")
    with mlflow.start_run(experiment_id=experiment):
        mlflow.log_text("text", "note.txt")

def test_removes(mlflow_tracking):
    mlflow_tracking.client.delete_workspace(mlflow_tracking.workspace, mode="CASCADE")
"""
    )
    result = inner.run(
        f"--lineapy-mlflow={mlflow_server_url}", "-W", "default::pytest_lineapy.LeakWarning"
    )
    result.assert_outcomes(passed=2, warnings=1)
    result.stdout.fnmatch_lines(["*LeakWarning: *::test_removes: the workspace * could not be*"])
    assert [path.read_text() for path in tmp_path.rglob("note.txt")] == ["text"]
