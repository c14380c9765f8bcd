"""Runs and stores without ports, and without a home folder that can be written."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.faults import MakeTrials
    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.runs import run_pytest
else:
    from runs import run_pytest


# Leaves the kernel one port to choose from, which is taken, while there is a file that says so.
# Kernels before Linux 6.3 are asked for that port.
_NO_PORTS = """
import os, socket, struct
TAKEN = int(os.environ["TAKEN"])
bind = socket.socket.bind

def bind_without_ports(self, address):
    if address[1] == 0 and os.path.exists(os.environ["NO_PORTS"]):
        try:
            # IP_LOCAL_PORT_RANGE: the lowest, and the highest above it.
            self.setsockopt(socket.IPPROTO_IP, 51, struct.pack("I", TAKEN | TAKEN << 16))
        except OSError:
            address = address[0], TAKEN
    return bind(self, address)

socket.socket.bind = bind_without_ports
"""
_TESTS = """
import os, pathlib, signal, urllib.request
from lineapy_store import Store

NO_PORTS = pathlib.Path(os.environ["NO_PORTS"])

def test_before(lineapy_store):
    assert lineapy_store.save(1, "one").version == 0

def test_needs_a_server(mlflow_server, lineapy_store):
    urllib.request.urlopen(mlflow_server.url).close()

def test_needs_it_too(mlflow_server):
    urllib.request.urlopen(mlflow_server.url).close()

def test_after(lineapy_store):
    assert lineapy_store.save(1, "one").version == 0
"""
# The server is killed when there are no ports, and its own is taken.
_REVIVES = """
import os, pathlib, signal, socket, urllib.request
import pytest
from processes import wait_until_gone

NO_PORTS = pathlib.Path(os.environ["NO_PORTS"])
taken = []

def get(server):
    urllib.request.urlopen(server.url).close()

def test_kills(mlflow_server):
    get(mlflow_server)
    os.kill(mlflow_server.pid, signal.SIGKILL)
    wait_until_gone(mlflow_server.pid)
    taken.append(socket.create_server(("127.0.0.1", int(mlflow_server.url.rpartition(":")[2]))))
    NO_PORTS.touch()

def test_without_ports(mlflow_server):
    get(mlflow_server)

def test_without_a_server():
    NO_PORTS.unlink()

def test_with_ports(mlflow_server):
    get(mlflow_server)
    taken.pop().close()
"""


@pytest.fixture
def _needs_mlflow() -> None:
    pytest.importorskip("mlflow", reason="the fixture of the server asks for it")


@pytest.mark.usefixtures("_needs_mlflow")
def test_no_port_is_left(inner: InnerPytest, stand_in: Path, trials_of: MakeTrials) -> None:
    """Tests that need a server fail with the cause, others pass, and nothing stays behind."""
    inner.write(_TESTS)
    (stand_in / "sitecustomize.py").write_text(_NO_PORTS)
    flag = inner.path / "no-ports"
    flag.touch()
    trials = trials_of("no port left for the server", rounds=10, few=1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        variables = {
            "PYTHONPATH": str(stand_in),
            "TAKEN": str(taken.getsockname()[1]),
            "NO_PORTS": str(flag),
        }
        for number in trials:
            workers = ("-n", "2") if number % 2 else ()
            with run_pytest(inner, *workers, **variables) as run:
                output = run.output()
                run.wait_until_all_gone()
                left = run.left()
            assert re.search(r"cannot listen on 127\.0\.0\.1: Address already in use", output)
            assert "Hint: all ports that this system gives out are taken" in output
            assert "2 passed, 2 errors" in output
            trials.wrong += len(left)
            assert left == []
        flag.unlink()
        with run_pytest(inner, **variables) as run:
            assert "4 passed" in run.output()
    trials.check()


@pytest.mark.usefixtures("_needs_mlflow")
def test_no_port_is_left_for_a_new_server(
    inner: InnerPytest, stand_in: Path, trials_of: MakeTrials
) -> None:
    """A server that has died is started for the next test for which there is a port."""
    inner.write(_REVIVES)
    (stand_in / "sitecustomize.py").write_text(_NO_PORTS)
    plugins = Path(__file__).parents[1] / "plugins"
    trials = trials_of("no port left for a server that died", rounds=5, few=1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        variables = {
            "PYTHONPATH": os.pathsep.join(map(str, (stand_in, plugins))),
            "TAKEN": str(taken.getsockname()[1]),
            "NO_PORTS": str(inner.path / "no-ports"),
        }
        for _ in trials:
            with run_pytest(inner, "-v", **variables) as run:
                output = run.output()
                run.wait_until_all_gone()
                left = run.left()
            assert re.search(r"test_without_ports ERROR(.|\n)*test_with_ports PASSED", output)
            assert "3 passed, 1 error" in output
            trials.wrong += len(left)
            assert left == []
    trials.check()


# Home folders, by what they are.
_HOMES = ("a file", "below a file", "no folder", "of the kernel", "not to be written", "unknown")
_HOME_TESTS = """
import pytest
import lineapy_store as lineapy

def test_stores(lineapy_store, lineapy_fresh_store):
    assert lineapy.save([1], "one").version == 0
    with lineapy_fresh_store() as store:
        assert store.save([1], "one").get_value() == [1]

def test_server(mlflow_server):
    mlflow_server.wait_until_ready(30)

def test_tracking(lineapy_store_mlflow):
    import mlflow
    with mlflow.start_run():
        mlflow.log_metric("one", 1)
    lineapy_store_mlflow.save([1], "one")

def test_other_processes(lineapy_store):
    import subprocess, sys
    program = "import lineapy_store as lineapy; lineapy.save([1], 'one')"
    subprocess.run([sys.executable, "-c", program], check=True)
    assert lineapy_store.get("one").get_value() == [1]
"""


def _home(kind: str, folder: Path) -> dict[str, str]:
    """Return the environment in which the home folder is of a kind, and may not be written."""
    folder.mkdir()
    if kind in ("a file", "below a file"):
        (folder / "home").touch()
        return {"HOME": str(folder / "home" / ("x" if kind == "below a file" else ""))}
    if kind == "not to be written":
        folder.chmod(0o500)
        return {"HOME": str(folder)}
    return {"HOME": "/proc" if kind == "of the kernel" else str(folder / "missing")}


def test_runs_need_no_home(inner: InnerPytest, stand_in: Path, trials_of: MakeTrials) -> None:
    """The fixtures work, as they and what they start keep nothing in the home folder."""
    inner.write(_HOME_TESTS)
    kinds = [kind for kind in _HOMES if kind != "unknown"]
    trials = trials_of("run without a home folder to write to", rounds=len(kinds), few=1)
    without_mlflow = ("-k", "not tracking") if trials.rounds == 1 else ()
    try:
        import mlflow  # noqa: F401, PLC0415 - seconds, and not installed in every environment
    except ModuleNotFoundError:
        without_mlflow = ("-k", "stores or processes")
    for number in trials:
        variables = _home(kinds[number], inner.path / f"home-{number}")
        with run_pytest(inner, *without_mlflow, PYTHONPATH=str(stand_in), **variables) as run:
            output = run.output()
            assert re.search(r"=+ \d passed(, \d deselected)? in", output), output
            run.wait_until_all_gone()
            trials.wrong += len(run.left())
            assert run.left() == []
    trials.check()


# Has no name if it is asked to, like users of containers: root becomes such a one, others only lose
# their entry.
_DEFAULT_STORE = """
import os, pwd, sys
import click.testing
import lineapy_store as lineapy
from lineapy_store import Store, StoreError, cli

elsewhere = sys.argv[1]
# Imports all that this takes: a user without a name may not be able to read it.
with Store(home_dir=elsewhere + "/before") as store, store.activate():
    lineapy.save([1], "one")
    click.testing.CliRunner().invoke(cli.main, ["ls"])
if sys.argv[2] == "unknown":
    os.environ.pop("HOME", None)
    if os.geteuid() == 0:
        os.setuid(54321)
    else:
        def nobody(_):
            raise KeyError("no such user")
        pwd.getpwuid = nobody

def save():
    try:
        return lineapy.save([1], "one").version
    except StoreError as error:
        return f"{type(error).__name__}: {error}"

print(save())
result = click.testing.CliRunner().invoke(cli.main, ["ls"])
print(result.exit_code, len(result.output.splitlines()), result.output.splitlines()[0])
os.environ["LINEAPY_HOME_DIR"] = elsewhere + "/after"
print(save())
"""


def test_store_without_a_home(tmp_path: Path, trials_of: MakeTrials) -> None:
    """The error names the option that leads elsewhere, and there the next save works."""
    trials = trials_of("store without a home folder to write to", rounds=len(_HOMES), few=2)
    for number in trials:
        kind = _HOMES[-1 - number]
        # The user without a name could not enter pytest's own folder.
        with tempfile.TemporaryDirectory(prefix="elsewhere-") as elsewhere:
            Path(elsewhere).chmod(0o777)
            done = subprocess.run(  # noqa: S603 - the program above
                [sys.executable, "-c", _DEFAULT_STORE, elsewhere, kind],
                env=os.environ | _home(kind, tmp_path / kind),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
        first, command, after = done.stdout.splitlines()
        # What is missing is made, and root may write where others may not.
        is_there = kind == "no folder" or (kind == "not to be written" and os.geteuid() == 0)
        if is_there:
            assert (first, command[0]) == ("0", "0")
        else:
            assert re.match(r"(BackendUnavailable|Configuration)Error: .*home_dir", first)
            assert re.match(r"1 1 Error: (BackendUnavailable|Configuration)Error: ", command)
        trials.lost += after != "0"
    trials.check()
