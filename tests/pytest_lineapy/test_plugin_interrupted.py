"""A run that does not come to its end: nothing of it stays."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.processes import wait_until_gone
else:
    from processes import wait_until_gone

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks for processes in /proc"
)

_TESTS = """
import os, signal
import pytest

@pytest.fixture(scope="module")
def used(mlflow_server):
    yield
    mlflow_server.wait_until_ready(10)
    note("answered at the end")

@pytest.mark.parametrize("number", range(2))
def test_it(mlflow_server, used, number):
    note(mlflow_server.pid)
    if os.environ.get("INTERRUPT"):
        os.killpg(0, signal.SIGINT)
    signal.pause()
"""


# Ctrl-C is for it, also where this process is a job in the background, which ignores it.
_PYTEST = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(pytest.main())
"""


def _processes(mark: str) -> set[int]:
    """Return the processes that have the mark in the environment with which they began."""
    found = set()
    for path in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if mark.encode() in path.read_bytes():
                found.add(int(path.parent.name))
    return found


def _listening(processes: set[int]) -> int:
    """Return how many sockets of the processes wait for connections."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    waiting = {f"socket:[{fields[9]}]" for fields in lines if fields[3] == "0A"}
    found = set()
    for process in processes:
        for path in Path(f"/proc/{process}/fd").glob("*"):
            with contextlib.suppress(OSError):
                found.add(str(path.readlink()))
    return len(waiting & found)


@pytest.fixture(autouse=True)
def _needs_mlflow() -> None:
    pytest.importorskip("mlflow", reason="the fixture of the server asks for it")


def _start(
    inner: InnerPytest, stand_in: Path, *arguments: str, **variables: str
) -> tuple[subprocess.Popen[str], str]:
    """Start a run in a group of processes of its own; return it, and the mark of its processes."""
    inner.write(_TESTS)
    (inner.path / "temporary").mkdir()
    mark = f"MARK_OF_RUN={uuid.uuid4().hex}"
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    own |= {"PYTHONPATH": str(stand_in), "TMPDIR": str(inner.path / "temporary"), **variables}
    own |= dict([mark.split("=")])
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-c", _PYTEST, "-p", "no:randomly", *arguments],
        cwd=inner.path,
        env=own,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    return process, mark


def test_ctrl_c_is_for_the_tests(inner: InnerPytest, stand_in: Path) -> None:
    """The server is there for fixtures that end, pytest says what it always says, and no more."""
    run, mark = _start(inner, stand_in, INTERRUPT="1")
    output, _ = run.communicate(timeout=60)
    assert run.returncode == pytest.ExitCode.INTERRUPTED
    assert "KeyboardInterrupt" in output
    assert "no tests ran" in output
    pid, last = inner.notes()
    assert last == "answered at the end"
    wait_until_gone(pid)
    assert _processes(mark) == set()
    assert list((inner.path / "temporary").glob("pytest-lineapy-*/*")) == []


@pytest.mark.parametrize("arguments", [(), ("-n", "2")], ids=["alone", "xdist"])
def test_a_killed_run_takes_everything_along(
    inner: InnerPytest, stand_in: Path, arguments: tuple[str, ...]
) -> None:
    """After a SIGKILL no process, no socket and no folder of the server's is left."""
    os.mkfifo(inner.path / "notes.jsonl")
    run, mark = _start(inner, stand_in, *arguments)
    with (inner.path / "notes.jsonl").open() as notes:
        pid = int(notes.readline())
    processes = _processes(mark)
    assert {run.pid, pid} < processes | {-1}
    assert _listening(processes) == 1
    run.kill()
    run.communicate()
    for process in processes:
        wait_until_gone(process)
    assert _processes(mark) == set()
    assert list((inner.path / "temporary").glob("pytest-lineapy-*/*")) == []
