"""The temporary tracking server, and a clean place for each test.

The start of ``TrackingServer`` until it answers, against the usual fixture: ``mlflow server`` as a
subprocess that is polled. Then the join of a warm server. Then what a clean place costs each test,
on SQLite and over HTTP, in a process that has imported MLflow.
"""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_lineapy._cache import migrated_database
from pytest_lineapy.guard import isolated_mlflow
from pytest_lineapy.server import TrackingServer, tracking_server

if TYPE_CHECKING:
    from collections.abc import Callable

STARTS = 1
PLACES = 40


def usual_start(folder: Path) -> float:
    """Returns the seconds until ``mlflow server`` answers a poll every 0.1 s."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    started = time.perf_counter()
    with subprocess.Popen(  # noqa: S603 - MLflow's own program
        [
            *(sys.executable, "-m", "mlflow", "server", "--port", str(port)),
            *("--backend-store-uri", f"sqlite:///{folder / 'usual.db'}"),
            *("--artifacts-destination", str(folder / "artifacts")),
        ],
        cwd=folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).close()
                break
            except OSError:
                time.sleep(0.1)
        seconds = time.perf_counter() - started
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
    return seconds


def our_start(folder: Path) -> float:
    """Returns the seconds until a new ``TrackingServer`` is ready."""
    started = time.perf_counter()
    with tracking_server(folder):
        return time.perf_counter() - started


def join(folder: Path) -> float:
    """Returns the seconds to join a warm server."""
    started = time.perf_counter()
    server = TrackingServer(folder)
    server.wait_until_ready(60)
    seconds = time.perf_counter() - started
    server.stop()
    return seconds


def sqlite_place(folder: Path, number: int) -> float:
    """Returns the seconds to make, enter and leave a place on SQLite, its database opened."""
    import mlflow

    started = time.perf_counter()
    uri = migrated_database(folder / f"{number}.db", str(folder / str(number)))
    with isolated_mlflow(tracking_uri=uri, experiment_id="0", workspace=None, report=print):
        mlflow.get_experiment("0")
    return time.perf_counter() - started


def http_place(url: str, number: int) -> float:
    """Returns the seconds to make, enter and leave a workspace with its experiment."""
    import mlflow

    started = time.perf_counter()
    name = f"place-{number}"
    with isolated_mlflow(tracking_uri=url, experiment_id="0", workspace=name, report=print):
        mlflow.create_workspace(name)
        mlflow.create_experiment("Default")
    return time.perf_counter() - started


def places(make: Callable[[int], float]) -> str:
    """Returns what the first place and, as median and worst, the later ones take."""
    first, *later = [make(number) for number in range(PLACES)]
    median, worst = statistics.median(later), max(later)
    return f"first {first:.2f} s, then {median * 1000:.0f} ms (worst {worst * 1000:.0f} ms)"


def main(folder: Path) -> None:
    """Prints what each costs."""
    os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
    migrated_database(folder / "cached.db", "")
    usual = [usual_start(folder) for _ in range(STARTS)]
    ours = [our_start(folder / f"server-{number}") for number in range(STARTS)]
    print(f"start: mlflow server {min(usual):.1f} s, TrackingServer {min(ours):.1f} s")
    print(f"  TrackingServer / mlflow server = 1/{min(usual) / min(ours):.1f}")
    with tracking_server(folder / "warm") as server:
        print(f"join of a warm server: {join(folder / 'warm') * 1000:.0f} ms (goal: 300)")
        sqlite = places(lambda number: sqlite_place(folder, number))
        print(f"clean place on SQLite: {sqlite} (goal: 100 ms)")
        http = places(lambda number: http_place(server.url, number))
        print(f"clean place over HTTP: {http} (goal: 60 ms)")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        main(Path(name))
