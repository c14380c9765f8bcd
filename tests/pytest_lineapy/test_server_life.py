"""How long a temporary tracking server lives, and what it leaves: warm, shared, kept and killed.

All of it is about processes and locks, so the server's process is a real one here, which answers
as MLflow's does but starts in a moment: ``stand_in`` is in place of uvicorn.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import urllib.request
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy import _serve
from pytest_lineapy import server as server_module
from pytest_lineapy._cache import cache_folder
from pytest_lineapy._run import wait_for
from pytest_lineapy.server import (
    ServerError,
    TrackingServer,
    server_to_look_at,
    shared_folder,
    urls_of_run,
    warm_folder,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.plugins.processes import is_alive, wait_until_gone
else:
    from processes import is_alive, wait_until_gone

pytestmark = pytest.mark.skipif(
    not hasattr(os, "pidfd_open"), reason="waits for processes that are not its children"
)

# Makes the end of the server take a while, and tells through a pipe when it comes.
_SLOW_END = """
import __main__, pathlib, time
end = __main__._end
def slow_end(*arguments, **options):
    pathlib.Path({pipe!r}).write_text("now")
    time.sleep(0.3)
    end(*arguments, **options)
__main__._end = slow_end
"""

# Joins the server, says so, and waits to be killed.
_USER = """
import pathlib, sys
from pytest_lineapy.server import TrackingServer
server = TrackingServer(pathlib.Path(sys.argv[1]))
server.wait_until_ready(30)
print(server.url, server.pid, flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def _temporary_folder(tmp_path: Path, stand_in: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A temporary folder of the test's own, and a server that starts in a moment."""
    monkeypatch.setenv("PYTHONPATH", str(stand_in))
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    monkeypatch.setattr(server_module, "mlflow_identity", lambda **_: "3.17.2")


def _ready(folder: Path, *, linger: float = 0.0) -> TrackingServer:
    server = TrackingServer(folder, linger=linger)
    server.wait_until_ready(30)
    return server


def _get(url: str) -> int:
    with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 - our own server
        status: int = answer.status
        return status


def _kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    wait_until_gone(pid)


@contextlib.contextmanager
def _user_to_kill(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str, int]]:
    """Run another process that uses the folder's server; yield it, the server's URL and number."""
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", _USER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url, pid = process.stdout.readline().split()
        yield process, url, int(pid)


def test_lingering_server_serves_the_next_user() -> None:
    """A server that lingers is found by the next user, as long as the one who started it said."""
    first = _ready(warm_folder(), linger=60)
    first.stop()
    second = _ready(warm_folder())
    second.stop()
    third = _ready(warm_folder())

    assert first.url == second.url == third.url
    _kill(third.pid)
    third.stop()


def test_short_visit_to_a_lingering_server() -> None:
    """A visit that is over before the server looks again is seen by it: it waits anew."""
    first = _ready(warm_folder(), linger=60)
    first.stop()
    lease = first.folder / "lease.lock"
    os.utime(lease, (0, 0))  # what the server saw when it began to wait
    TrackingServer(warm_folder()).stop()
    assert lease.stat().st_mtime > 0
    _kill(first.pid)


def test_lingering_ends() -> None:
    """After the seconds that it lingers the server ends, and takes its folder along."""
    server = _ready(warm_folder(), linger=0.3)
    server.stop()
    wait_until_gone(server.pid)

    assert list(cache_folder().iterdir()) == []


def test_user_that_comes_while_it_ends(tmp_path: Path, stand_in: Path) -> None:
    """A user that comes when the server has decided to end gets one that answers."""
    os.mkfifo(tmp_path / "ending")
    answers = (stand_in / "uvicorn.py").read_text()
    slow_end = _SLOW_END.format(pipe=str(tmp_path / "ending"))
    (stand_in / "uvicorn.py").write_text(slow_end + answers)
    first = _ready(warm_folder(), linger=0.1)
    first.stop()
    (stand_in / "uvicorn.py").write_text(answers)
    (tmp_path / "ending").read_bytes()  # waits until it is

    second = _ready(warm_folder())
    assert _get(second.url) == 200
    second.stop()


def test_every_user_gets_a_server_that_works() -> None:
    """Users that come just when the last one's server ends get one that answers, always."""
    failures: list[BaseException] = []

    def use(linger: float) -> None:
        try:
            for _ in range(15):
                server = TrackingServer(warm_folder(), linger=linger)
                try:
                    server.wait_until_ready(30)
                finally:
                    server.stop()
        except BaseException as error:  # noqa: BLE001 - raised below, in the test's thread
            failures.append(error)

    threads = [threading.Thread(target=use, args=(linger,)) for linger in (0.0, 0.001, 0.05)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "hung"])
def test_warm_server_that_does_not_answer_is_replaced(
    end: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A warm server whose process is gone, or does not answer, is replaced by one that does."""
    monkeypatch.setattr(server_module, "_IDLE_ANSWER_SECONDS", 0.3)
    first = _ready(warm_folder(), linger=60)
    (first.folder / "mlflow.db").write_text("of the first one")
    first.stop()
    os.kill(first.pid, end)
    if end == signal.SIGKILL:
        wait_until_gone(first.pid)

    second = _ready(warm_folder())
    assert second.pid != first.pid
    assert not (second.folder / "mlflow.db").exists()
    second.stop()


def test_server_that_hangs_with_its_lease_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that is stopped just when it looks whether it is used keeps nobody waiting."""
    monkeypatch.setattr(server_module, "_IDLE_ANSWER_SECONDS", 0.3)
    first = _ready(warm_folder(), linger=60)
    with (first.folder / "lease.lock").open() as lease:
        # While it is used it waits for the lease; stopped before that is free, it cannot have it.
        os.kill(first.pid, signal.SIGSTOP)
        os.waitid(os.P_PID, first.pid, os.WSTOPPED)
        first.stop()
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)

        def die_with_it() -> None:
            wait_until_gone(first.pid)
            fcntl.flock(lease, fcntl.LOCK_UN)

        dies_with_it = threading.Thread(target=die_with_it)
        dies_with_it.start()
        second = _ready(warm_folder())
        dies_with_it.join()
    assert second.pid != first.pid
    second.stop()


def test_warm_folder_is_of_the_configuration(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Another Python, package, path or setting of the server has another warm server."""
    folders = {warm_folder()}
    with monkeypatch.context() as patch:
        patch.setattr(sys, "executable", "/other/python")
        folders.add(warm_folder())
    with monkeypatch.context() as patch:
        patch.setenv("PYTHONPATH", "/other")
        folders.add(warm_folder())
    with monkeypatch.context() as patch:
        patch.setitem(server_module._SETTINGS, "NEW", "1")  # noqa: SLF001 - what a new version changes
        folders.add(warm_folder())
    with monkeypatch.context() as patch:
        patch.setattr(server_module, "mlflow_identity", lambda **_: "3.99.0")
        folders.add(warm_folder())
    with monkeypatch.context() as patch:
        (tmp_path / "uvicorn-9.9.dist-info").mkdir()
        patch.syspath_prepend(tmp_path)
        folders.add(warm_folder())
        os.utime(tmp_path / "uvicorn-9.9.dist-info", (0, 0))  # installed at another time
        folders.add(warm_folder())
    assert len(folders) == 7
    assert warm_folder() in folders


def test_last_user_removes_the_run() -> None:
    """A run's folder is there until its last user leaves, and nothing of it afterwards."""
    first, second = _ready(shared_folder("run 1")), _ready(shared_folder("run 1"))
    other = _ready(shared_folder("run 2"))
    assert first.url == second.url != other.url

    first.stop()
    assert second.folder.exists()
    second.stop()
    assert list(cache_folder().iterdir()) == [other.folder]
    other.stop()
    assert list(cache_folder().iterdir()) == []


def test_nothing_is_left_of_users_that_were_killed() -> None:
    """When all users of a run are killed, its server ends and removes its folder."""
    with _user_to_kill(shared_folder("run")) as (process, _, pid):
        process.kill()
    wait_until_gone(pid)

    assert list(cache_folder().iterdir()) == []


def test_next_run_clears_what_died() -> None:
    """What a run left whose users and server were killed is removed by the next; no more."""
    with (
        _user_to_kill(shared_folder("dead")) as (process, _, pid),
        _user_to_kill(shared_folder("alive")) as (_, url, _),
    ):
        process.send_signal(signal.SIGSTOP)
        _kill(pid)
        process.kill()
        process.wait()
        assert shared_folder("dead").exists()

        server = _ready(shared_folder("next"))
        assert set(cache_folder().iterdir()) == {server.folder, shared_folder("alive")}
        assert _get(url) == 200
        server.stop()


def test_kept_server_outlives_its_users() -> None:
    """A server that is kept lives on until it is killed; the next run clears its folder."""
    server = _ready(shared_folder("kept"))
    server.keep()
    server.stop()
    with _user_to_kill(server.folder) as (process, url, _):
        assert url == server.url
        process.kill()
    _ready(shared_folder("next")).stop()
    assert list(cache_folder().iterdir()) == [server.folder]

    os.kill(server.pid, signal.SIGTERM)
    wait_until_gone(server.pid)
    _ready(shared_folder("next")).stop()
    assert list(cache_folder().iterdir()) == []


def test_forked_process_does_not_hold_it() -> None:
    """A fork of a user neither ends the server with its own end nor keeps it alive."""
    server = _ready(shared_folder("run"))
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(write)
        server.stop()
        os.read(read, 1)  # until the parent is done
        os._exit(0)
    os.close(read)
    server.wait_until_ready(10)
    server.stop()
    assert server._process is not None  # noqa: SLF001 - has not been killed for taking too long
    assert server._process.returncode == 0  # noqa: SLF001 - as above
    os.close(write)
    os.waitpid(child, 0)


def test_folder_that_somebody_removed() -> None:
    """A server whose folder is gone still ends with its last user."""
    server = _ready(shared_folder("run"))
    shutil.rmtree(server.folder)
    server.stop()
    wait_until_gone(server.pid)

    with _user_to_kill(shared_folder("run")) as (process, _, pid):
        shutil.rmtree(shared_folder("run"))
        process.kill()
    wait_until_gone(pid)


def test_log_since() -> None:
    """What the server printed after a position is told apart, also when its folder is gone."""
    server = _ready(shared_folder("run"))
    position = server.log_position()
    _get(f"{server.url}/of-this-test")

    assert "of-this-test" in server.log_since(position)
    assert "health" not in server.log_since(position)
    server.stop()
    assert server.log_tail() == server.log_since(0) == ""


def test_failures_since() -> None:
    """Only a failed request makes it say something, which leaves out those that went well."""
    server = _ready(shared_folder("run"))
    position = server.log_position()
    log = server.folder / "server.log"
    fine = [f'INFO:  "GET /fine/{number} HTTP/1.1" 200 OK' for number in range(99)]
    with log.open("a") as file:
        file.write("\n".join(["INFO:  something else", *fine, ""]))
    assert server.failures_since(position) == ""

    bad = ["Traceback (most recent call last):", '  File "x.py"', "KeyError: 1"]
    bad += [f'INFO:  "GET /bad/{number} HTTP/1.1" 404 Not Found' for number in range(50)]
    for number in range(len(bad)):
        with log.open("a") as file:
            file.write(f"{bad[number]}\n{fine[number]}\n")
    assert server.failures_since(position).splitlines() == bad[-40:]
    assert server.failures_since(server.log_position()) == ""
    server.stop()


def test_server_to_look_at(tmp_path: Path, stand_in: Path) -> None:
    """It stays though nobody uses it, starts when it is asked, and ends with what it says."""
    (tmp_path / "imported").mkdir()
    (stand_in / "uvicorn.py").write_text(
        f"import os\nos.rmdir({str(tmp_path / 'imported')!r})\n"
        + (stand_in / "uvicorn.py").read_text()
    )
    server = server_to_look_at(tmp_path / "place")
    other = TrackingServer(tmp_path / "place")
    other.stop()
    assert (tmp_path / "imported").exists()
    url, end = server.show()
    assert _get(url) == 200
    assert not (tmp_path / "imported").exists()
    assert end == f"kill {server.pid}"
    os.kill(server.pid, signal.SIGTERM)
    wait_until_gone(server.pid)
    assert (tmp_path / "place").exists()


def test_a_visit_between_two_looks_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server lingers anew after a user that came and went while it slept."""
    lease = tmp_path / "lease.lock"
    lease.touch()
    now, visits = [0.0], [0.6]

    def sleep(seconds: float) -> None:
        now[0] += seconds
        if visits and now[0] >= visits[0]:
            visits.clear()
            os.utime(lease, (1, 1))

    def end(*_: object, **__: object) -> None:
        raise SystemExit

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(_serve, "time", SimpleNamespace(sleep=sleep, monotonic=lambda: now[0]))
    monkeypatch.setattr(_serve, "_end", end)
    with lease.open() as file, pytest.raises(SystemExit):
        _serve._end_with_users(file.fileno(), 0, 1.0, remove=False)  # noqa: SLF001 - a server's thread
    assert now[0] > 1.59


def test_descriptors_are_not_handed_on(tmp_path: Path, stand_in: Path) -> None:
    """A process that the server has started and that outlives it has neither its lock nor port."""
    os.mkfifo(tmp_path / "until")
    (stand_in / "uvicorn.py").write_text(
        f"import subprocess\nstdin = open({str(tmp_path / 'until')!r})\n"
        "subprocess.Popen(['cat'], stdin=stdin, close_fds=False)\n"
        + (stand_in / "uvicorn.py").read_text()
    )
    until = os.open(tmp_path / "until", os.O_RDWR)
    try:
        server = _ready(shared_folder("run"))
        url = server.url
        _kill(server.pid)
        assert server.how_it_ended() is not None
        assert server.revive()
        server.wait_until_ready(30)
        assert server.url == url
        server.stop()
    finally:
        os.close(until)


def test_urls_of_a_run() -> None:
    """Who has no part in it finds the servers that a run uses: its own, and a warm one."""
    mine, warm = _ready(shared_folder("run", "mine")), _ready(warm_folder(), linger=60)
    other = _ready(shared_folder("another run", "mine"))
    assert urls_of_run("run") == [mine.url, warm.url]
    warm.stop()
    assert urls_of_run("run") == [mine.url]
    for server in (mine, other):
        server.stop()
    assert urls_of_run("run") == []
    _kill(warm.pid)


_HINTS = {
    "raise ModuleNotFoundError(\"No module named 'mlflow'\")": "pytest-lineapy[mlflow]",
    "raise ModuleNotFoundError(\"No module named 'fastapi'\")": "mlflow-skinny",
    "raise OSError(28, 'No space left on device')": "no space left",
    "raise RuntimeError('sqlite3.OperationalError: database is locked')": "another process",
    "raise RuntimeError('Detected out-of-date database schema')": "another version of MLflow",
    "import os; os.kill(os.getpid(), 9)": "memory ran out",
    "raise RuntimeError('something new')": "",
}


@pytest.mark.parametrize(("program", "hint"), _HINTS.items(), ids=range(len(_HINTS)))
def test_hint(stand_in: Path, program: str, hint: str) -> None:
    """For a known cause the error says what to do, and for another one nothing."""
    (stand_in / "uvicorn.py").write_text(program)
    server = TrackingServer(shared_folder("run"))
    with pytest.raises(ServerError, match="has ended with exit code") as failed:
        server.wait_until_ready(30)
    server.stop()
    assert ("Hint: " in str(failed.value)) == bool(hint)
    assert hint in str(failed.value)


def test_no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing may listen, the error says so, and nothing is left behind."""

    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(socket, "create_server", refuse)
    with pytest.raises(ServerError, match=r"cannot listen on 127\.0\.0\.1(.|\n)*Hint: this system"):
        TrackingServer(shared_folder("run"))
    assert list(cache_folder().iterdir()) == []


def test_server_that_died_is_revived() -> None:
    """All users of a server that died find the same new one, at its URL and with its files."""
    first, second = _ready(shared_folder("run")), _ready(shared_folder("run"))
    (first.folder / "mlflow.db").write_text("of the first one")
    assert not first.revive()
    assert first.how_it_ended() is None
    url, dead = first.url, first.pid
    _kill(dead)
    assert first.how_it_ended() == "its process has ended with exit code -9"

    assert second.revive()
    assert first.revive()
    assert not second.revive()
    for server in (first, second):
        server.wait_until_ready(30)
        assert server.url == url
        assert server.pid != dead
        assert (server.folder / "mlflow.db").read_text() == "of the first one"
    second.stop()
    assert _get(url) == 200
    first.stop()
    assert list(cache_folder().iterdir()) == []


@pytest.mark.parametrize("is_told", [True, False])
def test_user_of_a_server_that_another_one_has_revived(*, is_told: bool) -> None:
    """Who started the first one is told of the end of the new one, and waits for it in the end."""
    first, second = _ready(shared_folder("run")), _ready(shared_folder("run"))
    _kill(first.pid)
    assert second.revive()
    if is_told:
        assert first.revive()
        _kill(first.pid)
        with pytest.raises(ServerError, match="which another one started, has ended"):
            first.wait_until_ready(30)
    second.stop()
    first.stop()
    assert not is_alive(second.pid)


def test_server_that_is_killed_while_it_is_waited_for() -> None:
    """It is started again, whoever killed it, and whoever has started it before."""
    first, second = _ready(shared_folder("run")), _ready(shared_folder("run"))
    _kill(first.pid)
    for server in (first, second):
        wait_for(server, 30)
        assert _get(server.url) == 200
    second.stop()
    first.stop()


def test_server_that_ends_by_itself_is_waited_for_once(stand_in: Path) -> None:
    """What ends the server once would end the next one, too."""
    (stand_in / "uvicorn.py").write_text("raise SystemExit(3)")
    server = TrackingServer(shared_folder("run"))
    pid = server.pid
    with pytest.raises(ServerError, match="has ended with exit code 3"):
        wait_for(server, 30)
    assert server.pid == pid
    server.stop()


def test_server_whose_port_is_taken_is_revived_elsewhere() -> None:
    """If somebody has taken the port of a server that died, the new one has another."""
    server = _ready(shared_folder("run"))
    host, port = server.url.removeprefix("http://").split(":")
    _kill(server.pid)
    with socket.create_server((host, int(port))):
        assert server.revive()
        server.wait_until_ready(30)
        assert server.url != f"http://{host}:{port}"
    server.stop()


def test_server_that_was_stopped_is_revived() -> None:
    """Who has left comes back as a new user."""
    server = _ready(shared_folder("run"))
    server.stop()
    assert server.how_it_ended() == "it has been stopped"
    assert server.revive()
    server.wait_until_ready(30)
    server.stop()
    assert list(cache_folder().iterdir()) == []


def test_joined_server_that_died(tmp_path: Path) -> None:
    """Who joined a server that another process started is told that it has ended."""
    with _user_to_kill(tmp_path / "mine") as (process, _, pid):
        server = TrackingServer(tmp_path / "mine")
        _kill(pid)
        with pytest.raises(ServerError, match="which another one started, has ended"):
            server.wait_until_ready(10)
        process.kill()
    server.stop()
