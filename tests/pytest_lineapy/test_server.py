"""A temporary tracking server: reachable, shared, and gone when its users are."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy.guard import isolated_mlflow
from pytest_lineapy.server import ServerError, TrackingServer, tracking_server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest.importorskip("mlflow", reason="the tracking server is MLflow's")

# Joins the folder's server, says where it is, and leaves when it is told to, or killed.
_USER = """
import pathlib, sys
from pytest_lineapy.server import TrackingServer
server = TrackingServer(pathlib.Path(sys.argv[1]))
print(server.url, flush=True)
sys.stdin.read()
server.stop()
"""


@contextlib.contextmanager
def _user(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    with subprocess.Popen(  # noqa: S603 - the command is ours
        [sys.executable, "-c", _USER, str(folder)],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield process, process.stdout.readline().strip()


def _address(url: str) -> tuple[str, int]:
    host, port = url.removeprefix("http://").split(":")
    return host, int(port)


def _wait_until_gone(url: str) -> None:
    """Return when the server has closed a connection on which nothing is asked of it."""
    with (
        contextlib.suppress(ConnectionError),
        socket.create_connection(_address(url), timeout=30) as connection,
    ):
        assert connection.recv(1) == b""


def test_models_and_artifacts_go_through_the_server(mlflow_server_url: str) -> None:
    """MLflow's client makes a run over HTTP, and its artifacts go the same way."""
    import mlflow  # noqa: PLC0415 - seconds, and not installed in every environment

    client = mlflow.MlflowClient(mlflow_server_url)
    run = client.create_run(client.create_experiment("of-test-server"))
    client.log_text(run.info.run_id, "kept", "note.txt")

    assert run.info.artifact_uri.startswith("mlflow-artifacts:/")
    assert [file.path for file in client.list_artifacts(run.info.run_id)] == ["note.txt"]


def test_workspaces_of_the_server(mlflow_server_url: str) -> None:
    """Tenants of one server do not see each other, and each has the names to itself."""
    import mlflow  # noqa: PLC0415 - seconds, and not installed in every environment

    ids = []
    for workspace in ("of-server-a", "of-server-b"):
        with isolated_mlflow(
            tracking_uri=mlflow_server_url,
            experiment_id="0",
            workspace=workspace,
            report=pytest.fail,
        ):
            mlflow.create_workspace(workspace)
            ids.append(mlflow.create_experiment("same"))
            mlflow.MlflowClient().create_registered_model("same")
            with mlflow.start_run(experiment_id=ids[-1]) as run:
                mlflow.log_text("kept", "note.txt")
            assert mlflow.artifacts.load_text(f"{run.info.artifact_uri}/note.txt") == "kept"
            assert f"/workspaces/{workspace}/" in run.info.artifact_uri
            names = {experiment.name for experiment in mlflow.search_experiments()}
            assert names == {"same"}
    assert len(set(ids)) == 2


def test_foreign_hosts_are_refused(mlflow_server_url: str) -> None:
    """A web page that points its own name at 127.0.0.1 does not get an answer."""
    request = urllib.request.Request(  # noqa: S310 - our own server
        f"{mlflow_server_url}/api/2.0/mlflow/experiments/get?experiment_id=0",
        headers={"Host": "attacker.example"},
    )
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        urllib.request.urlopen(request, timeout=30)  # noqa: S310 - our own server
    refused.value.close()


def test_last_user_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Users of one folder share a server, which survives a killed one and ends with the last."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://production.invalid")
    monkeypatch.setenv("MLFLOW_WORKSPACE", "production")
    with _user(tmp_path) as (first, url), tracking_server(tmp_path) as second:
        assert second.url == url

        first.kill()
        first.wait()
        second.wait_until_ready(30)

        second.stop()
        _wait_until_gone(url)
    assert "production" not in second.log_tail(1000)


def test_starter_may_leave_before_others(tmp_path: Path) -> None:
    """The process that started the server can end, without waiting, while others use it."""
    starter = TrackingServer(tmp_path)
    with _user(tmp_path) as (_, url):
        starter.stop()
        with socket.create_connection(_address(url)):
            pass  # raises if nobody listens
    _wait_until_gone(url)


def test_killed_owner_takes_it_along(tmp_path: Path) -> None:
    """The server ends with its only user though that one was killed, and before it was ready."""
    with _user(tmp_path) as (owner, url):
        owner.kill()
    _wait_until_gone(url)


def test_threads_share_it(tmp_path: Path) -> None:
    """Threads that start it together get one server, and the last to leave ends it."""
    servers: list[TrackingServer] = []
    threads = [
        threading.Thread(target=lambda: servers.append(TrackingServer(tmp_path))) for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({server.url for server in servers}) == 1

    for server in servers:
        server.stop()
        server.stop()
    _wait_until_gone(servers[0].url)


@pytest.mark.parametrize(
    ("uvicorn", "timeout", "state", "log"),
    [
        ("raise SystemExit('out of order')", 60, "has ended with exit code 1", "out of order"),
        ("import threading; threading.Event().wait()", 0.1, "still runs", ""),
    ],
    ids=["dies", "hangs"],
)
def test_failed_start_tells_what_is_known(
    tmp_path: Path, uvicorn: str, timeout: float, state: str, log: str
) -> None:
    """The error has the command, the address, the time, the process's state and its log's end."""
    (tmp_path / "uvicorn.py").write_text(uvicorn)  # the server's folder comes first in its path
    with pytest.raises(ServerError) as failed, tracking_server(tmp_path, start_timeout=timeout):
        pass
    message = str(failed.value)
    for part in ("-m pytest_lineapy._serve", "http://127.0.0.1:", f"limit {timeout:g} s"):
        assert part in message
    assert state in message
    assert log in message
