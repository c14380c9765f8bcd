"""What the plugin costs: nothing to those who do not use it, and a place for each test.

- ``pytest --version`` and ``pytest --collect-only`` of a suite that does not use it, with the
  plugin and without. No other plugin is there: some import NumPy, and take longer than all this.
- Tests that save, register and load a model each in a clean place, on SQLite and over HTTP: seconds
  a test after the first, and of these what the clean place costs.
- The same tests on two xdist workers: which servers they have used, and how long each test waited
  for its place, in the order in which its worker ran them.
- One such test as a whole process, against the usual fixture: ``mlflow server`` as a subprocess,
  polled, and ``mlflow.sklearn.log_model``.

The name of a part as argument (``load``, ``tests``, ``workers``, ``process``) runs only that.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_LOAD_ROUNDS = 21
_TESTS = 100
_PROCESS_ROUNDS = 3

_PLAIN = "def test_nothing(): pass\n"

_MANY = """
import pytest

@pytest.fixture(scope="session")
def model():
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    return LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True))

@pytest.mark.parametrize("number", range(NUMBER))
def test_it(model, lineapy_store_mlflow, mlflow_tracking, number, record_property):
    record_property("uri", mlflow_tracking.uri)
    artifact = lineapy_store_mlflow.save(model, "iris")
    assert artifact.version == 0
    assert artifact.get_value().n_iter_ == model.n_iter_
"""

_TIMES = """
import json, time
times = {}

def pytest_runtest_logreport(report):
    phases = times.setdefault(report.nodeid, {"worker": getattr(report, "worker_id", "")})
    phases[report.when] = report.duration
    phases |= dict(report.user_properties)

def pytest_sessionfinish(session):
    if not hasattr(session.config, "workerinput"):
        print("TIMES", json.dumps(list(times.values())))
"""

_USUAL = """
import subprocess, sys, time, urllib.request
import mlflow, mlflow.sklearn
import pytest

@pytest.fixture
def server(tmp_path, request):
    import socket
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow", "server", "--port", str(port),
         "--backend-store-uri", f"sqlite:///{tmp_path}/mlflow.db",
         "--artifacts-destination", str(tmp_path / "artifacts")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    while True:
        try:
            urllib.request.urlopen(f"{url}/health")
            break
        except OSError:
            time.sleep(0.1)
    yield url
    process.terminate()
    process.wait()

def test_it(server):
    from sklearn.datasets import load_iris
    from sklearn.linear_model import LogisticRegression
    model = LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True))
    mlflow.set_tracking_uri(server)
    mlflow.sklearn.log_model(model, name="iris", registered_model_name="iris")
    assert mlflow.sklearn.load_model("models:/iris/1").n_iter_ == model.n_iter_
"""


def pytest_seconds(folder: Path, *arguments: str, **variables: str) -> tuple[float, str]:
    """Returns how long a run of pytest in a folder takes, and what it prints."""
    environment = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"} | variables
    # As at users': without it pytest compiles the plugin anew in each run.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    done = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return seconds, done.stdout


def load(folder: Path) -> None:
    """Measures what the plugin adds to runs that do not use it, taking turns."""
    (folder / "test_plain.py").write_text(_PLAIN)
    for argument in ("--version", "--collect-only"):
        times: dict[str, list[float]] = {"with": [], "without": []}
        for number in range(_LOAD_ROUNDS):
            for way, more in (("with", ("-p", "pytest_lineapy.plugin")), ("without", ())):
                seconds, _ = pytest_seconds(
                    folder, argument, *more, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1"
                )
                if number:  # the first writes bytecode
                    times[way].append(seconds)
        without, added = (
            statistics.median(times["without"]),
            statistics.median(
                one - other for one, other in zip(times["with"], times["without"], strict=True)
            ),
        )
        print(
            f"pytest {argument}: {without * 1e3:.0f} ms, the plugin adds {added * 1e3:.0f} ms "
            f"= {added / without:.1%} (goal: at most 25 ms)"
        )


def tests(folder: Path) -> None:
    """Measures tests that each save, register and load a model in a clean place."""
    (folder / "conftest.py").write_text(_TIMES)
    (folder / "test_many.py").write_text(_MANY.replace("NUMBER", str(_TESTS)))
    for mode, goal, place_goal in (("sqlite", 0.15, 0.1), ("server", 0.35, 0.06)):
        rest = times_of(folder, f"--lineapy-mlflow={mode}")[1:]
        whole = statistics.mean(
            phases["setup"] + phases["call"] + phases["teardown"] for phases in rest
        )
        place = statistics.median(phases["setup"] + phases["teardown"] for phases in rest)
        print(
            f"{mode}: {whole:.3f} s a test (goal: {goal} s), ratio to the goal {whole / goal:.2f}; "
            f"of it {place * 1e3:.0f} ms for the place and the store (goal: {place_goal * 1e3:.0f})"
        )


def times_of(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """Returns what a run of the tests tells of each: seconds of each phase, worker, place."""
    _, output = pytest_seconds(folder, "-s", "-p", "no:randomly", *arguments)
    (line,) = [line for line in output.splitlines() if "TIMES " in line]
    found: list[dict[str, Any]] = json.loads(line.partition("TIMES ")[2])
    return found


def workers(folder: Path) -> None:
    """Measures whether two workers share a server, and whether tests wait for its start."""
    (folder / "conftest.py").write_text(_TIMES)
    (folder / "test_many.py").write_text(_MANY.replace("NUMBER", str(_TESTS)))
    found = times_of(folder, "--lineapy-mlflow=server", "-n", "2")
    print(f"two workers used {len({phases['uri'] for phases in found})} server(s)")
    for worker in sorted({phases["worker"] for phases in found}):
        first, *rest = (phases["setup"] for phases in found if phases["worker"] == worker)
        print(
            f"  {worker}: the first of {len(rest) + 1} tests waited {first:.2f} s, the others "
            f"{statistics.median(rest) * 1e3:.0f} ms (worst {max(rest) * 1e3:.0f} ms)"
        )


def process(folder: Path) -> None:
    """Measures whole processes of one test, over HTTP, taking turns."""
    ways = {
        "ours": (_MANY.replace("NUMBER", "1"), ("--lineapy-mlflow=server",)),
        "usual": (_USUAL, ("-p", "no:lineapy")),
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(_PROCESS_ROUNDS):
        for way, (source, arguments) in ways.items():
            (folder / "test_one.py").write_text(source)
            times[way].append(pytest_seconds(folder, "test_one.py", *arguments)[0])
    medians = {way: statistics.median(values) for way, values in times.items()}
    print("one test as a process, median seconds:", {k: round(v, 1) for k, v in medians.items()})
    print(f"  ours / usual = 1/{medians['usual'] / medians['ours']:.1f} (goal: 1/4)")


if __name__ == "__main__":
    for part in (load, tests, workers, process):
        if len(sys.argv) == 1 or part.__name__ in sys.argv[1:]:
            with tempfile.TemporaryDirectory() as name:
                part(Path(name))
