"""Runs, their workers and their server, killed in every phase: what stays of them is counted."""

from __future__ import annotations

import contextlib
import os
import re
import select
import signal
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from lineapy_store.folders import TemporaryFolder

if TYPE_CHECKING:
    from tests.plugins.faults import MakeTrials
    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.runs import MarkedProcess, listening, run_pytest
else:
    from runs import MarkedProcess, listening, run_pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks for processes in /proc"
)

# The first process that comes to a phase stops there, once it has said so through a pipe.
_CONFTEST = """
import os, pathlib, signal
import pytest

def reach(phase):
    if phase != os.environ["PHASE"]:
        return
    try:
        pathlib.Path(os.environ["TMPDIR"], "pytest-of-reached").mkdir()
    except FileExistsError:
        return
    with open("reached", "w") as pipe:
        pipe.write(str(os.getpid()))
    signal.pause()

def is_controller(config):
    return config.getoption("numprocesses", None) and not hasattr(config, "workerinput")

def pytest_configure(config):
    if not is_controller(config):
        config.add_cleanup(lambda: reach("after the server's end"))

@pytest.hookimpl(trylast=True)
def pytest_collection_finish(session):
    if not is_controller(session.config):
        reach("after collection")
        session.config.add_cleanup(lambda: reach("before the server's end"))

@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session):
    if not is_controller(session.config):
        reach("session end")
"""
_TESTS = """
import pytest
from conftest import reach

reach("collection")

@pytest.fixture
def phases(mlflow_server, lineapy_store):
    lineapy_store.save([1, 2], "numbers")
    reach("set-up")
    yield
    reach("teardown")

@pytest.mark.parametrize("number", range(2))
def test_it(phases, lineapy_fresh_store, number):
    with lineapy_fresh_store() as store:
        store.save([1, 2], "numbers")
        reach("call")

@pytest.mark.parametrize("number", range(4))
def test_other(mlflow_server, lineapy_store, number):
    mlflow_server.wait_until_ready(30)
    assert lineapy_store.save([1, 2], "numbers").version == 0
"""
# Whether there is a server in the phase.
_PHASES = {
    "collection": False,
    "after collection": True,
    "set-up": True,
    "call": True,
    "teardown": True,
    "session end": True,
}
# Xdist's workers end without these.
_LAST_PHASES = {"before the server's end": True, "after the server's end": False}


@pytest.fixture(autouse=True)
def _needs_mlflow() -> None:
    pytest.importorskip("mlflow", reason="the fixture of the server asks for it")


class _End(NamedTuple):
    """How a run is ended: in which phase, by which signal, and how many workers it has."""

    phase: str
    number: signal.Signals
    workers: int


_ENDS = [
    *(
        _End(phase, number, workers)
        for number in (signal.SIGKILL, signal.SIGINT)
        for phase in _PHASES
        for workers in (0, 2)
    ),
    *(_End(phase, signal.SIGKILL, 0) for phase in _LAST_PHASES),
    *(_End(phase, signal.SIGINT, 0) for phase in _LAST_PHASES),
    *(_End(phase, signal.SIGTERM, 0) for phase in _PHASES),
    *(_End(phase, signal.SIGHUP, 2) for phase in _PHASES),
]
# What a terminal sends all processes that were started in it.
_OF_THE_TERMINAL = (signal.SIGINT, signal.SIGHUP)


def _has_reached(inner: InnerPytest, run: MarkedProcess) -> int:
    """Wait for a process of the run to be in its phase, and return its number."""
    pipe = os.open(inner.path / "reached", os.O_RDONLY | os.O_NONBLOCK)
    try:
        if select.select([pipe], [], [], 120)[0]:
            return int(os.read(pipe, 100))
    finally:
        os.close(pipe)
    run.process.kill()
    pytest.fail(f"nothing has come there: {run.output()}")


@contextlib.contextmanager
def _started(inner: InnerPytest, stand_in: Path, phase: str, workers: int) -> Any:
    """Run the tests until they are in a phase."""
    if not (inner.path / "reached").exists():
        inner.write(_TESTS)
        (inner.path / "conftest.py").write_text(_CONFTEST)
        os.mkfifo(inner.path / "reached")
    arguments = ("-n", workers) if workers else ()
    with run_pytest(inner, *arguments, PYTHONPATH=str(stand_in), PHASE=phase) as run:
        yield run


def test_runs_ended_in_every_phase(
    inner: InnerPytest, stand_in: Path, trials_of: MakeTrials
) -> None:
    """No process, no socket and no temporary folder is left of a run that is ended anywhere."""
    trials = trials_of("pytest ended in one of its phases", rounds=len(_ENDS), few=2)
    for number in trials:
        end = _ENDS[number] if trials.rounds == len(_ENDS) else trials.random.choice(_ENDS)
        with _started(inner, stand_in, end.phase, end.workers) as run:
            _has_reached(inner, run)
            processes = run.processes()
            has_server = {**_PHASES, **_LAST_PHASES}[end.phase]
            assert len(listening(processes)) == int(has_server)
            send = os.killpg if end.number in _OF_THE_TERMINAL else os.kill
            send(run.process.pid, end.number)
            run.output()
            run.wait_until_all_gone(*processes)
            left = run.left()
            trials.wrong += len(left)
            assert left == [], end
    trials.check()


def test_workers_killed_in_every_phase(
    inner: InnerPytest, stand_in: Path, trials_of: MakeTrials
) -> None:
    """The other tests of a worker that is killed are run, and nothing of it is left."""
    phases = list(_PHASES)
    trials = trials_of("xdist's worker killed in one of its phases", rounds=len(phases), few=1)
    for number in trials:
        phase = phases[number] if trials.rounds > 1 else "call"
        with _started(inner, stand_in, phase, workers=2) as run:
            os.kill(_has_reached(inner, run), signal.SIGKILL)
            output = run.output()
            if phase in ("set-up", "call", "teardown"):
                assert "crashed while running 'test_inner.py::test_it" in output
                assert re.search(r"\b1 failed, [56] passed", output)
            else:
                assert " 6 passed" in output
            run.wait_until_all_gone()
            left = run.left()
            trials.wrong += len(left)
            assert left == [], phase
    trials.check()


# Starts a server, uses it and stops it, and is killed at one of its steps: each event of which
# Python tells auditors while the server's module is at work, such as opening a file.
_STEPS = """
import os, signal, sys

killed_at, step = int(sys.argv[1]), 0

def count(event, arguments):
    global step
    if event in ("sys._getframe", "object.__getattr__"):  # of looking at frames
        return
    frame = sys._getframe()
    while frame is not None and not frame.f_code.co_filename.endswith("pytest_lineapy/server.py"):
        frame = frame.f_back
    if frame is not None:
        step += 1
        if step == killed_at:
            os.kill(os.getpid(), signal.SIGKILL)

from pytest_lineapy.server import TrackingServer, shared_folder
folder = shared_folder("run")
sys.addaudithook(count)
server = TrackingServer(folder)
server.wait_until_ready(30)
(server.folder / "mlflow.db").write_text("data")
server.stop()
print(step)
"""


def test_users_of_the_server_killed_at_every_step(
    tmp_path: Path, stand_in: Path, trials_of: MakeTrials
) -> None:
    """The server ends with a user who is killed anywhere between joining and leaving it.

    Of a folder that has no server yet there may be a few empty files, until the next one is used.
    """

    def used(killed_at: int) -> MarkedProcess:
        command = [sys.executable, "-c", _STEPS, str(killed_at)]
        return MarkedProcess(command, tmp_path, tmp_path / "tmp", PYTHONPATH=str(stand_in))

    for _ in range(2):  # the first time, there is more to be imported
        with used(0) as program:
            steps = int(program.output())
    assert steps > 50
    trials = trials_of("user of the server killed at one of its steps", rounds=80, few=4)
    killed = 0
    for number in trials:
        with used(1 + number * steps // trials.rounds) as program:
            program.output()
            killed += program.process.returncode == -signal.SIGKILL
            program.wait_until_all_gone()
            left = [each for each in program.left() if "/run-" not in each]
            data = [path for path in program.temporary.rglob("*") if path.is_file()]
            trials.wrong += len(left) + sum(path.stat().st_size > 0 for path in data)
    with used(0) as program:
        program.output()
        assert program.left() == []
    assert killed > 0.9 * trials.tried, "how many steps there are does not change much"
    trials.check()


# A model that stops where it is loaded, or made, by another process than pytest's or by that one.
_STOPPING = """
import os, signal

def reach(moment):
    if moment != os.environ["MOMENT"]:
        return
    with open(os.environ["REACHED"], "w") as pipe:
        pipe.write(str(os.getpid()))
    signal.pause()

def is_pytests():
    return "PYTEST_CURRENT_TEST" in os.environ

def numbers():
    if not is_pytests():
        reach("make to verify code")
    return [1, 2]

def make():
    from models_that_stop import Stops
    if not is_pytests():
        reach("make in a check")
    return Stops().fit([[0.0], [1.0]], [0.0, 1.0])
"""
_MODEL_THAT_STOPS = """
from sklearn.linear_model import LinearRegression
from stopping import is_pytests, reach

class Stops(LinearRegression):
    def __setstate__(self, state):
        super().__setstate__(state)
        reach("load" if is_pytests() else "load in a new interpreter")
"""
_USES = """
import stopping

def test_verified_code(lineapy_store):
    numbers = stopping.numbers()
    lineapy_store.save(numbers, "numbers").get_code(verify=True)

def test_checks(lineapy_roundtrip):
    model = stopping.make()
    lineapy_roundtrip(model, inputs=[[0.0]])

def test_mlflow(lineapy_store_mlflow):
    model = stopping.make()
    lineapy_store_mlflow.save(model, "model").get_value()
"""
_MOMENTS = {
    "make to verify code": "test_verified_code",
    "load in a new interpreter": "test_checks",
    "make in a check": "test_checks",
    "load": "test_mlflow",
}


def test_runs_killed_while_models_are_handled(
    inner: InnerPytest, trials_of: MakeTrials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is loaded, made and copied for a run ends with it, however many processes do that.

    Its copies of a model and of the working directory are removed by the next process that needs a
    temporary folder.
    """
    inner.write(_USES)
    (inner.path / "stopping.py").write_text(_STOPPING)
    (inner.path / "models_that_stop.py").write_text(_MODEL_THAT_STOPS)
    pipe = inner.path / "reached"
    os.mkfifo(pipe)
    trials = trials_of("pytest killed while it handles a model", rounds=len(_MOMENTS), few=1)
    if trials.rounds > 1:
        pytest.importorskip("sklearn", reason="the model is scikit-learn's")
    for number in trials:
        moment, test = list(_MOMENTS.items())[number]
        variables = {"MOMENT": moment, "REACHED": str(pipe), "PYTHONPATH": str(inner.path)}
        with run_pytest(inner, "-k", test, **variables) as run:
            _has_reached(inner, run)
            processes = run.processes()
            run.process.kill()
            run.output()
            run.wait_until_all_gone(*processes)
            with monkeypatch.context() as patch:
                patch.setattr(tempfile, "tempdir", str(run.temporary))
                TemporaryFolder().remove()
            left = run.left()
            trials.wrong += len(left)
            assert left == [], moment
    trials.check()


_KILLS = """
import contextlib, os, pathlib, random, signal, threading, urllib.request
import pytest

RANDOM = random.Random(os.environ["SEED"])

def kill(pid):
    with contextlib.suppress(ProcessLookupError):  # another worker has done so
        os.kill(pid, signal.SIGKILL)

@pytest.mark.parametrize("what", ["killed", "next"] * int(os.environ["ROUNDS"]))
def test_server(mlflow_server, lineapy_store, what):
    note(mlflow_server.pid)
    if what == "next":
        urllib.request.urlopen(mlflow_server.url).close()
        assert lineapy_store.save(1, "one").version == 0
        return
    timer = threading.Timer(RANDOM.uniform(0, 0.1), kill, [mlflow_server.pid])
    timer.start()
    try:
        while True:
            urllib.request.urlopen(f"{mlflow_server.url}/logged").close()
    finally:
        timer.join()
"""


def test_server_killed_in_the_middle_of_tests(
    inner: InnerPytest, stand_in: Path, trials_of: MakeTrials
) -> None:
    """The test fails, with the end of the server's log; the next one gets a new server."""
    inner.write(_KILLS)
    trials = trials_of("server killed in the middle of a test", rounds=100, few=3)
    seed, rounds = str(trials.random.random()), str(trials.rounds)
    with run_pytest(inner, PYTHONPATH=str(stand_in), SEED=seed, ROUNDS=rounds) as run:
        output = run.output(280)
        run.wait_until_all_gone()
        assert run.left() == []
    pids = inner.notes()
    assert len(pids) == 2 * trials.rounds
    sections = re.split(r"\n_+ test_server\[", output)[1:]
    assert len(sections) == trials.rounds
    for number in trials:
        killed, following = pids[2 * number : 2 * number + 2]
        section = sections[number]
        assert section.startswith(f"killed{number}]")
        assert re.search(r'"GET /\w+ HTTP/1.1" 200', section)
        assert "its process has ended with exit code -9" in section
        trials.wrong += killed == following
    assert f"{trials.rounds} failed, {trials.rounds} passed" in output
    trials.check()


def test_server_killed_under_several_workers(
    inner: InnerPytest, stand_in: Path, trials_of: MakeTrials
) -> None:
    """Tests of all workers find a server when they begin, and say so when it is gone at the end."""
    inner.write(_KILLS)
    trials = trials_of("server of several workers killed", rounds=40, few=2)
    seed, rounds = str(trials.random.random()), str(trials.rounds)
    variables = {"PYTHONPATH": str(stand_in), "SEED": seed, "ROUNDS": rounds}
    with run_pytest(inner, "-n", "2", **variables) as run:
        output = run.output(280)
        run.wait_until_all_gone()
        assert run.left() == []
    assert len(inner.notes()) == 2 * trials.rounds, f"a test has had no server: {output}"
    failed = re.split(r"\n_+ test_server\[", output)[1:]
    assert all("its process has ended" in section for section in failed)
    for number in trials:
        trials.wrong += not any(section.startswith(f"killed{number}]") for section in failed)
    assert re.search(r"\d+ failed, \d+ passed in ", output), f"there are errors: {output}"
    trials.check()
