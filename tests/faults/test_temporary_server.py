"""The temporary server is for this machine's own tests, and each of its places for one test."""

from __future__ import annotations

import contextlib
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy.guard import isolated_mlflow

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

    from tests.plugins.faults import MakeTrials
    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.runs import listening, run_pytest
else:
    from runs import listening, run_pytest

_LIST_EXPERIMENTS = b'{"max_results": 10}'

# Saves and logs under names that the other run has too, tells it what MLflow has called all that,
# and tries what it is told.
_NEIGHBOUR = """
import json, os, select
import mlflow, pytest
from sklearn.linear_model import LinearRegression

ROLE, OTHER = os.environ["ROLE"], os.environ["OTHER"]
SLOPE = {"1": 1.0, "2": 2.0}
INBOX, OUTBOX = (os.open(name, os.O_RDWR) for name in (f"to-{ROLE}", f"to-{OTHER}"))

def exchange(value):
    os.write(OUTBOX, json.dumps(value).encode() + b"\\n")
    line = b""
    while not line.endswith(b"\\n"):
        assert select.select([INBOX], [], [], 60)[0], "the other run does not answer"
        line += os.read(INBOX, 1)
    return json.loads(line)

def state(store, client, experiment_id):
    runs = client.search_runs([experiment_id])
    (model,) = client.search_logged_models([experiment_id])
    return [
        sorted(each.name for each in store.artifact_store()),
        store.get("model").get_value().coef_.tolist(),
        store.get("plain").get_value(),
        [[run.info.run_id, run.info.status, run.data.metrics] for run in runs],
        [mlflow.artifacts.load_text(f"{run.info.artifact_uri}/note.txt") for run in runs],
        [each.name for each in client.search_registered_models()],
        [each.version for each in client.search_model_versions("name = 'model'")],
        [each.name for each in client.search_experiments()],
        [model.model_id, model.tags],
    ]

@pytest.mark.parametrize("number", range(int(os.environ["ROUNDS"])))
def test_it(lineapy_store_mlflow, mlflow_tracking, number):
    store, client = lineapy_store_mlflow, mlflow_tracking.client
    slope = SLOPE[ROLE]
    store.save(LinearRegression().fit([[0.0], [1.0]], [0.0, slope]), "model")
    store.save({"slope": 0}, "plain")
    with mlflow.start_run() as run:
        mlflow.log_metric("slope", slope)
        mlflow.log_text(ROLE, "note.txt")
    experiment = mlflow_tracking.experiment_id
    before = state(store, client, experiment)
    assert before[0] == ["model", "plain"]
    assert before[1] == pytest.approx([slope])
    assert (before[4], before[5], len(before[6]), before[7]) == ([ROLE], ["model"], 1, ["Default"])
    run_id, theirs, model_id = exchange([run.info.run_id, experiment, before[8][0]])
    attempts = {
        "read a run": lambda: client.get_run(run_id),
        "log to a run": lambda: client.log_metric(run_id, "slope", 99.0),
        "read a run's file": lambda: mlflow.artifacts.load_text(f"runs:/{run_id}/note.txt"),
        "write a run's file": lambda: client.log_text(run_id, "99", "note.txt"),
        "end a run": lambda: client.set_terminated(run_id, "FAILED"),
        "delete a run": lambda: client.delete_run(run_id),
        "read an experiment": lambda: client.get_experiment(theirs),
        "search an experiment": lambda: client.search_runs([theirs])[0],
        "start a run": lambda: client.create_run(theirs),
        "rename an experiment": lambda: client.rename_experiment(theirs, "99"),
        "delete an experiment": lambda: client.delete_experiment(theirs),
        "read a model": lambda: client.get_logged_model(model_id),
        "load a model": lambda: mlflow.sklearn.load_model(f"models:/{model_id}"),
        "tag a model": lambda: client.set_logged_model_tags(model_id, {"slope": "99"}),
        "register a model": lambda: mlflow.register_model(f"models:/{model_id}", "model"),
        "delete a model": lambda: client.delete_logged_model(model_id),
    }
    reached = []
    for name, attempt in attempts.items():
        try:
            attempt()
        except Exception:
            continue
        reached.append(name)
    assert store.gc() == []
    exchange("done")
    changed = state(store, client, experiment) != before
    exchange("looked")
    store.delete("plain", "all")
    note([len(attempts), reached, changed])
"""


# What a web page could want: method, path, and what it would send.
_REQUESTS = (
    ("GET", "/", b""),
    ("POST", "/api/2.0/mlflow/experiments/search", _LIST_EXPERIMENTS),
    ("POST", "/ajax-api/2.0/mlflow/experiments/search", _LIST_EXPERIMENTS),
    ("POST", "/api/2.0/mlflow/experiments/create", b'{"name": "planted"}'),
    ("GET", "/api/2.0/mlflow/registered-models/search", b""),
    ("GET", "/api/3.0/mlflow/workspaces", b""),
    ("POST", "/api/3.0/mlflow/workspaces", b'{"name": "planted"}'),
    ("GET", "/api/2.0/mlflow-artifacts/artifacts", b""),
    ("PUT", "/api/2.0/mlflow-artifacts/artifacts/planted", b"planted"),
    ("DELETE", "/api/2.0/mlflow-artifacts/artifacts/planted", b""),
    ("GET", "/get-artifact?path=planted&run_uuid=0", b""),
    ("POST", "/graphql", b'{"query": "{__typename}"}'),
    ("POST", "/v1/traces", b"{}"),
    ("GET", "/static-files/index.html", b""),
)


@pytest.fixture(autouse=True)
def _needs_mlflow() -> None:
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")


def _address(url: str) -> tuple[str, int]:
    host, _, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def _status(address: tuple[str, int], head: str, body: bytes) -> int:
    with socket.create_connection(address, timeout=60) as connection:
        connection.sendall(
            f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body
        )
        answer = connection.makefile("rb").readline()
    return int(answer.split()[1])


def _own_addresses() -> set[str]:
    """Return the addresses of this machine other than 127.0.0.1."""
    found = {"127.0.0.2", "::1"}
    found |= {str(each[4][0]) for each in socket.getaddrinfo(socket.gethostname(), None)}
    for family, elsewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with socket.socket(family, socket.SOCK_DGRAM) as asked:
            try:
                asked.connect((elsewhere, 9))  # sends nothing; says where it would be sent from
            except OSError:
                continue
            found.add(str(asked.getsockname()[0]))
    return found - {"127.0.0.1"}


def _foreign_hosts(port: int, choose: random.Random) -> Iterator[str]:
    """Yield headers of requests that were not meant for the server."""
    foreign = [
        "attacker.example",
        "127.0.0.1.attacker.example",
        "localhost.attacker.example",
        "10.attacker.example",
        "172.16.attacker.example",
        "192.168.attacker.example",
        "fd00.attacker.example",
        "127.0.0.1@attacker.example",
        "0.0.0.0",  # noqa: S104 - which browsers take for this machine
        "10.0.0.1",
        "[::1]",
        socket.gethostname(),
        "",
    ]
    yield ""
    yield f"Host: 127.0.0.1:{port}\r\nHost: attacker.example\r\n"
    yield f"Host: attacker.example\r\nHost: 127.0.0.1:{port}\r\n"
    yield f"Host: attacker.example\r\nX-Forwarded-Host: 127.0.0.1:{port}\r\n"
    yield f"Host: 127.0.0.1:{port}.attacker.example\r\n"
    yield f"Host: localhost:{port}@attacker.example\r\n"
    yield f"Host: localhost:{port + 1}\r\n"
    for host in foreign:
        yield f"Host: {host}\r\n"
        yield f"Host: {host}:{port}\r\n"
    letters = "abcdefghijklmnopqrstuvwxyz0123456789-.:*?[]@"
    while True:
        noise = "".join(choose.choices(letters, k=choose.randrange(1, 30)))
        yield f"Host: {choose.choice(['127.0.0.1', 'localhost', '10.', ''])}{noise}\r\n"


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks for sockets in /proc")
def test_it_listens_on_the_loopback_address_alone(
    mlflow_server_url: str, trials_of: MakeTrials
) -> None:
    """Its processes have one socket that listens, at 127.0.0.1, which no other address leads to."""
    address = _address(mlflow_server_url)
    own = ("tcp", *address)
    (pid,) = (each for each in _all_processes() if own in listening([each]))
    assert listening(_family(pid)) == [own]
    others = sorted(_own_addresses())
    trials = trials_of("temporary server asked at another address", rounds=len(others), few=2)
    for number in trials:
        with contextlib.suppress(OSError):
            socket.create_connection((others[number], address[1]), timeout=10).close()
            trials.wrong += 1
    trials.check()


def _all_processes() -> Iterator[int]:
    return (int(path.name) for path in Path("/proc").glob("[0-9]*"))


def _family(pid: int) -> set[int]:
    """Return a process and all that it has started."""
    found = {pid}
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text(encoding="ascii").split():
            found |= _family(int(child))
    return found


def test_foreign_hosts_get_nothing(mlflow_server_url: str, trials_of: MakeTrials) -> None:
    """No request that names another host is let in, whatever it asks for and however it is sent."""
    host, port = _address(mlflow_server_url)
    trials = trials_of("request with a foreign Host header", rounds=1_000, few=60)
    hosts = _foreign_hosts(port, trials.random)
    for number in trials:
        method, path, body = _REQUESTS[number % len(_REQUESTS)]
        if number % 3 == 1:
            path = f"http://127.0.0.1:{port}{path}"
        status = _status((host, port), f"{method} {path} HTTP/1.1\r\n{next(hosts)}", body)
        trials.wrong += status not in (400, 403)
    trials.check()
    for own in ("127.0.0.1", "localhost"):
        method, path, body = _REQUESTS[1]
        head = f"{method} {path} HTTP/1.1\r\nHost: {own}:{port}\r\n"
        assert _status((host, port), f"{head}Content-Type: application/json\r\n", body) == 200


def test_foreign_pages_change_nothing(mlflow_server_url: str, trials_of: MakeTrials) -> None:
    """A page from elsewhere that posts to the server's own address is refused."""
    host, port = _address(mlflow_server_url)
    changing = [each for each in _REQUESTS if each[0] != "GET" and each[1].startswith("/api/")]
    origins = ("https://attacker.example", "null", f"http://127.0.0.1.attacker.example:{port}")
    rounds = len(changing) * len(origins)
    trials = trials_of("change asked for by a page from elsewhere", rounds=rounds, few=rounds)
    for number in trials:
        method, path, body = changing[number % len(changing)]
        origin = origins[number // len(changing)]
        head = f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {origin}\r\n"
        # As a form can send it, for which a browser does not ask first.
        status = _status((host, port), f"{head}Content-Type: text/plain\r\n", body)
        trials.wrong += status != 403
    trials.check()


def test_runs_do_not_reach_each_other(
    inner: InnerPytest, request: pytest.FixtureRequest, trials_of: MakeTrials
) -> None:
    """Two runs at once, on one server, database and folder, have nothing of each other's.

    Each test is given what MLflow calls the things of another run's, and cannot use it.
    """
    trials = trials_of("test given the names of another run's things", rounds=20, few=0)
    if not trials.rounds:
        return  # it takes two imports of MLflow
    pytest.importorskip("sklearn", reason="the models are scikit-learn's")
    inner.write(_NEIGHBOUR)
    for role in "12":
        os.mkfifo(inner.path / f"to-{role}")
    rounds = str(trials.rounds)
    # What is refused is not to be tried again.
    variables = {"ROUNDS": rounds, "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
    options = (
        f"--lineapy-mlflow={request.getfixturevalue('mlflow_server_url')}",
        f"--lineapy-database-url={request.getfixturevalue('postgres_url')}",
        f"--lineapy-artifact-dir={inner.path / 'content'}",
    )
    with contextlib.ExitStack() as stack:
        runs = [
            stack.enter_context(run_pytest(inner, *options, ROLE=role, OTHER=other, **variables))
            for role, other in ("12", "21")
        ]
        for run in runs:
            output = run.output(seconds=280)
            assert f"{rounds} passed" in output, output
    told = inner.notes()
    for number in trials:
        for tried, reached, changed in told[2 * number : 2 * number + 2]:
            assert tried == 16
            assert reached == []
            trials.wrong += changed
    assert len(told) == 2 * trials.tried
    trials.check()


def test_a_server_at_the_port_of_one_that_is_gone(
    mlflow_server_url: str, trials_of: MakeTrials
) -> None:
    """A test whose server has died does nothing to one of another run that has got its port."""
    import mlflow  # noqa: PLC0415 - seconds, and not installed in every environment

    def list_workspaces() -> list[str]:
        return [each.name for each in mlflow.MlflowClient(mlflow_server_url).list_workspaces()]

    attempts: list[Callable[[], object]] = [
        lambda: mlflow.MlflowClient().search_registered_models()[0],
        lambda: mlflow.MlflowClient().create_registered_model("of-the-dead"),
        lambda: mlflow.create_experiment("of-the-dead"),
        mlflow.start_run,
        lambda: mlflow.set_experiment("Default"),
        lambda: mlflow.search_experiments()[0],
        lambda: mlflow.log_metric("of-the-dead", 1),
        lambda: mlflow.create_external_model(name="of-the-dead"),
    ]
    before = list_workspaces()
    rounds = len(attempts)
    trials = trials_of("server at the port of one that died", rounds=rounds, few=rounds)
    with isolated_mlflow(
        tracking_uri=mlflow_server_url,
        experiment_id="1",
        workspace="pytest-of-a-server-that-died",
        report=pytest.fail,
    ):
        for number in trials:
            try:
                attempts[number]()
            except (mlflow.MlflowException, IndexError):
                continue
            trials.wrong += 1
    assert list_workspaces() == before
    trials.check()
