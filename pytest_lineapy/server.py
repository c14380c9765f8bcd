"""A temporary MLflow tracking server, in a process of its own, that any number of processes share.

Whoever makes a ``TrackingServer(folder)`` first starts the server of that folder; whoever makes one
while it runs uses the same one; it ends when the last of them has left. Locks of the kernel keep
count, which lets go of them for a process that is killed too:

- ``start.lock`` is held while somebody joins or leaves, so that these happen one at a time.
- ``users.lock`` is shared by all users. Who can have it alone is the only one.
- ``lease.lock`` is shared by all users too. The server waits to have it alone, and then ends.
- ``alive.lock`` is the server's, from before it is started to its end.

The socket is opened here and handed down, so the port is the kernel's choice, nobody can take it in
between, and a client that comes before the server is ready waits in the queue instead of polling.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http.client
import io
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from lineapy_store.folders import make_private
from pytest_lineapy._cache import cache_folder, mlflow_identity
from pytest_lineapy._hints import hint

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ServerError", "TrackingServer", "shared_folder", "tracking_server", "warm_folder"]

_HOST = "127.0.0.1"
_END_SECONDS = 10.0
_IDLE_ANSWER_SECONDS = 5.0
_LAST_MOMENT_SECONDS = 2.0

# What configures the server; nothing of the user's does.
_SETTINGS = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_WORKSPACES": "true",
    "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
    "PYTHONUNBUFFERED": "1",
}

# The modules of this package that its process runs, or that start it.
_OF_THE_SERVER = ("_cache.py", "_environment.py", "_serve.py", "server.py")

# Lines of the server's log.
_WENT_WELL = re.compile(r'" [123]\d\d( |$)')
_FAILED = re.compile(r'" [45]\d\d( |$)|^Traceback |\b(ERROR|CRITICAL)\b')


class ServerError(RuntimeError):
    """The tracking server did not start; the message holds all that is known about it."""


class TrackingServer:
    """A tracking server that this process uses: joined, or started if the folder has none.

    It is not waited for until it is ready: see ``wait_until_ready``. Whoever uses it until then
    waits for the answer to the first request.

    Args:
        folder: Made if it is missing. Those that name the same one share one server.
        linger: Seconds that the server waits for a new user when the last one has left. What the
            one said who started it counts.
        on_demand: Whether it is a small process until somebody asks it for something.

    Attributes:
        url: What to give to MLflow as tracking URI, such as ``http://127.0.0.1:41234``.
        pid: Number of the server's process.
        command: How that process was started.
        folder: Where it keeps its database, artifacts and log.

    Raises:
        ServerError: The process could not be started.
    """

    def __init__(self, folder: Path, *, linger: float = 0.0, on_demand: bool = False) -> None:
        self.folder = folder
        self._on_demand = on_demand
        self._owner = os.getpid()
        self._is_ours = _is_ours(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._join(linger)

    def _join(self, linger: float) -> None:
        folder = self.folder
        with _start_lock(folder), contextlib.ExitStack() as on_failure:
            self._users = on_failure.enter_context(_opened(folder / "users.lock"))
            is_alone = _try_lock(self._users)
            fcntl.flock(self._users, fcntl.LOCK_SH)
            self._lease = on_failure.enter_context(_opened(folder / "lease.lock"))
            self._share_lease()
            os.utime(self._lease.fileno())  # tells a lingering server that somebody was here
            if is_alone:
                self._end_if_hung()
            with _opened(folder / "alive.lock") as alive:
                if _try_lock(alive):
                    if is_alone and self._is_ours:
                        _empty(folder)
                        on_failure.callback(shutil.rmtree, folder, ignore_errors=True)
                    self._start(alive, linger)
            self._adopt_state()
            on_failure.pop_all()

    def _share_lease(self) -> None:
        """Wait for a server that looks whether it is used, or ends; end one that hangs at that."""
        deadline = time.monotonic() + _IDLE_ANSWER_SECONDS
        while not _try_lock(self._lease, fcntl.LOCK_SH):
            with _opened(self._file("alive.lock")) as alive:
                if time.monotonic() >= deadline and not _try_lock(alive):
                    self._end(self._state()["pid"], 0.0, alive)
            time.sleep(0.001)

    def _adopt_state(self) -> None:
        state = self._state()
        self.url: str = state["url"]
        self.pid: int = state["pid"]
        self.command: list[str] = state["command"]
        self._linger: float = state["linger"]
        if self._process is not None and self._process.pid != self.pid:
            self._process.wait()  # another user could start one only at the end of this one
            self._process = None

    def _state(self) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(self._file("server.json").read_text(encoding="utf-8"))
        return state

    def _file(self, name: str) -> Path:
        return self.folder / name

    def _end_if_hung(self) -> None:
        """End a server that nobody uses and that once was ready but no longer answers."""
        with _opened(self._file("alive.lock")) as alive:
            if not _try_lock(alive) and self._file("ready").exists():
                state = self._state()
                if _problem(state["url"], _IDLE_ANSWER_SECONDS):
                    self._end(state["pid"], 0.0, alive)

    def _start(self, alive: TextIO, linger: float, port: int = 0) -> None:
        for name in ("ready", "kept"):
            self._file(name).unlink(missing_ok=True)
        if self._is_ours:
            _remove_dead_folders(except_for=self.folder)
        command = [sys.executable, "-m", "pytest_lineapy._serve"]
        try:
            with _listener(port) as listener, _opened(self._log) as log:
                handed_down = [listener.fileno(), alive.fileno()]
                command += [*map(str, handed_down), f"{linger:g}"]
                command.append("remove" if self._is_ours else "keep")
                command.append("on-demand" if self._on_demand else "at-once")
                self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                    command,
                    cwd=self.folder,
                    env=_environment(),
                    pass_fds=handed_down,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    # Ctrl-C is for the tests; their end is what ends the server.
                    start_new_session=True,
                )
                port = listener.getsockname()[1]
        except OSError as error:
            raise ServerError(
                f"MLflow's tracking server cannot be started in {self.folder}: {error}.\n"
                f"Command: {shlex.join(command)}\n{hint(str(error))}"
            ) from error
        state = {
            "url": f"http://{_HOST}:{port}",
            "pid": self._process.pid,
            "command": command,
            "linger": linger,
        }
        with _opened(self._file("server.json")) as file:
            file.truncate(0)
            file.write(json.dumps(state))

    @property
    def _log(self) -> Path:
        return self._file("server.log")

    def _opened_log(self) -> BinaryIO:
        try:
            return self._log.open("rb")
        except FileNotFoundError:  # removed with its folder
            return io.BytesIO()

    def log_tail(self, lines: int = 40) -> str:
        """Return the last lines of what the server printed, all of its users' requests included."""
        with self._opened_log() as log:
            return b"".join(deque(log, maxlen=lines)).decode(errors="replace")

    def log_position(self) -> int:
        """Return how many bytes the server has printed up to now."""
        with self._opened_log() as log:
            return log.seek(0, os.SEEK_END)

    def log_since(self, position: int) -> str:
        """Return what the server has printed since ``log_position`` returned ``position``."""
        with self._opened_log() as log:
            log.seek(position)
            return log.read().decode(errors="replace")

    def failures_since(self, position: int, lines: int = 40) -> str:
        """Return the end of what the server has printed about requests that failed, if any did.

        Args:
            position: What ``log_position`` returned.
            lines: How many at most. Those about requests that went well do not count.
        """
        logged = self.log_since(position).splitlines(keepends=True)
        if not any(map(_FAILED.search, logged)):
            return ""
        return "".join([line for line in logged if not _WENT_WELL.search(line)][-lines:])

    def wait_until_ready(self, timeout: float) -> None:
        """Return when the server answers.

        Args:
            timeout: Seconds to wait at most.

        Raises:
            ServerError: It has died, or has not answered in time.
        """
        started = time.monotonic()
        problem = _problem(self.url, timeout)
        if not problem:
            with contextlib.suppress(FileNotFoundError):
                self._file("ready").touch(0o600)
            return
        waited = time.monotonic() - started
        state, log = self._process_state(), self.log_tail()
        raise ServerError(
            f"MLflow's tracking server at {self.url} is not ready after {waited:.1f} s (limit "
            f"{timeout:g} s): {problem}; {state}.\n"
            f"Command: {shlex.join(self.command)}\n"
            f"{hint(log + state)}"
            f"Last lines of {self._log}:\n{log}"
        )

    def _process_state(self) -> str:
        # A socket closes a moment before its process has ended.
        if self._process is None:
            deadline = time.monotonic() + _LAST_MOMENT_SECONDS
            while (runs := self.how_it_ended() is None) and time.monotonic() < deadline:
                time.sleep(0.01)
            verb = "still runs" if runs else "has ended"
            return f"its process, {self.pid}, which another one started, {verb}"
        try:
            code = self._process.wait(timeout=_LAST_MOMENT_SECONDS)
        except subprocess.TimeoutExpired:
            return f"its process, {self.pid}, still runs"
        return f"its process has ended with exit code {code}"

    def _is_alive(self) -> bool:
        """Return whether the server lives; for who holds the start lock, as asking locks, too."""
        with _opened(self._file("alive.lock")) as alive:
            return not _try_lock(alive)

    def how_it_ended(self) -> str | None:
        """Return a sentence about the end of the server's process; None while it runs.

        It has ended, too, where another user has started it again.
        """
        if self._lease.closed:
            return "it has been stopped"
        with _start_lock(self.folder):
            if self._is_alive() and self._state()["pid"] == self.pid:
                return None
        code = None if self._process is None else self._process.poll()
        return f"its process has ended{'' if code is None else f' with exit code {code}'}"

    def may_have_been_killed(self) -> bool:
        """Return whether the process was ended by a signal, or is of another user, who knows."""
        return self._process is None or (self._process.poll() or 0) < 0

    def revive(self) -> bool:
        """Start the server again if its process has ended, with all that it held.

        It has the same URL, unless somebody has taken the port meanwhile. It is not waited for.

        Returns:
            Whether the process that this one knew had ended, or ``stop`` had been called; another
            user of the server may have started the new one.

        Raises:
            ServerError: The process could not be started.
        """
        if self._lease.closed:
            self._join(self._linger)
            return True
        before = self.pid
        # We are a user still, so the folder stays, and nobody else is about to start one.
        with _start_lock(self.folder), _opened(self._file("alive.lock")) as alive:
            if _try_lock(alive):
                if self._process is not None:
                    self._process.wait()  # its lock is free, so it is at its end
                self._start(alive, self._linger, int(self.url.rpartition(":")[2]))
            self._adopt_state()
        return self.pid != before

    def keep(self) -> None:
        """Let the server live on when its users have left, until its process is ended.

        End it with ``kill PID``, its ``pid``. If its folder is a run's, the next run that starts a
        server removes the folder then.
        """
        self._file("kept").touch(0o600)

    def show(self) -> tuple[str, str]:
        """Let the server live on, to be looked at; return its address and the command to end it."""
        self.keep()
        return self.url, f"kill {self.pid}"

    def stop(self) -> None:
        """Leave the server; the last one to leave waits until it has ended, unless it lingers."""
        if self._lease.closed or os.getpid() != self._owner:
            return
        with _start_lock(self.folder), _opened(self._file("alive.lock")) as alive:
            with contextlib.suppress(FileNotFoundError):  # somebody has removed the folder
                self._adopt_state()  # of the server that another user may have started again
            stays = self._linger > 0 or self._file("kept").exists()
            is_last = _try_lock(self._users) and not stays
            removed = self.folder.with_name(f"run-{uuid.uuid4().hex}")
            if is_last and self._is_ours:
                # Before the server hears that nobody uses it: if this process is killed, then
                # that one goes on. Under another name, as the next user may come meanwhile.
                self.folder.rename(removed)
                shutil.rmtree(removed, ignore_errors=True)
            for file in (self._users, self._lease):
                # A fork of this process may have them open, too.
                fcntl.flock(file, fcntl.LOCK_UN)
                file.close()
            if is_last:
                self._end(self.pid, _END_SECONDS, alive)
                shutil.rmtree(removed, ignore_errors=True)  # with what the server has yet written
            elif self._process is not None:
                # It outlives us on purpose, which ``Popen`` would warn about.
                self._process.returncode = 0

    def _end(self, pid: int, patience: float, alive: TextIO) -> None:
        """Wait for the server, which holds a lock, to end by itself; end it if it does not."""
        deadline = time.monotonic() + patience
        while not _try_lock(alive) if self._process is None else self._process.poll() is None:
            if time.monotonic() >= deadline:
                # It is alive, so the number is still its own.
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    return  # another one has taken its place, which ends by itself
            time.sleep(0.005)


@contextlib.contextmanager
def tracking_server(
    folder: str | os.PathLike[str], *, start_timeout: float = 120.0
) -> Iterator[TrackingServer]:
    """Run an MLflow tracking server with the backend and the artifacts in a folder.

    It listens on 127.0.0.1 only, serves artifacts itself, has workspaces, sends no telemetry and
    runs no jobs. It takes nothing from this process's ``MLFLOW_*`` variables.

    Args:
        folder: Made if it is missing. Processes that name the same one share one server.
        start_timeout: Seconds until it has to answer.

    Yields:
        The server, ready. It ends when all that share it have left or are gone.

    Raises:
        ServerError: It did not come up.
    """
    server = TrackingServer(Path(folder).absolute())
    try:
        server.wait_until_ready(start_timeout)
        yield server
    finally:
        server.stop()


def server_to_look_at(folder: Path) -> TrackingServer:
    """Have a server show what is in a folder until its process is ended, when it is asked to.

    Args:
        folder: With ``mlflow.db`` and ``artifacts``.
    """
    server = TrackingServer(folder, on_demand=True)
    server.keep()
    server.stop()
    return server


def shared_folder(run_id: str, name: str = "") -> Path:
    """Return the folder of a server that all processes of one test run share.

    It is there while a server is, and is removed with it.

    Args:
        run_id: Any text that the processes of one run have in common, and no other run has.
        name: Which of the run's servers.
    """
    return cache_folder() / f"run-{_digest(run_id)}-{_digest(name)}"


def urls_of_run(run_id: str) -> list[str]:
    """Return the addresses of the servers that the processes of a run use, as far as is known.

    A warm server that somebody uses counts, since nothing tells which run that one is of.
    """
    folders = list(cache_folder().glob(f"run-{_digest(run_id)}-*"))
    if any(cache_folder().glob("warm-*")):
        folders.append(warm_folder())
    urls = []
    for folder in folders:
        with contextlib.suppress(FileNotFoundError), _opened(folder / "users.lock") as users:
            if not _try_lock(users):
                urls.append(json.loads((folder / "server.json").read_text(encoding="utf-8"))["url"])
    return urls


def warm_folder() -> Path:
    """Return the folder of the server that is kept between test runs.

    Another MLflow, Python, configuration, or set of installed packages has another one, so that a
    server that is found there is what would be started now.

    Raises:
        ModuleNotFoundError: MLflow is not installed.
    """
    here = Path(__file__).parent
    code = [(here / name).stat().st_mtime_ns for name in _OF_THE_SERVER]
    identity = [
        mlflow_identity(code=True),
        sys.executable,
        sys.prefix,
        sys.version,
        os.environ.get("PYTHONPATH"),
        _installed(),
        code,
        sorted(_SETTINGS.items()),
    ]
    return cache_folder() / f"warm-{_digest(repr(identity))}"


def _installed() -> list[tuple[str, int]]:
    """Return what is installed: names with versions, and since when."""
    found = []
    for folder in map(Path, filter(os.path.isdir, sys.path)):
        with os.scandir(folder) as entries:
            found += [
                (entry.path, entry.stat().st_mtime_ns)
                for entry in entries
                if entry.name.endswith((".dist-info", ".egg-info"))
            ]
    return sorted(found)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _is_ours(folder: Path) -> bool:
    """Return whether the folder is a run's or the warm server's, which nobody else looks into."""
    return folder.name.startswith(("run-", "warm-")) and folder.parent == cache_folder()


def _remove_dead_folders(except_for: Path) -> None:
    """Remove what runs left of which nothing is alive, neither a user nor a server."""
    for folder in cache_folder().iterdir():
        if folder == except_for or not _is_ours(folder):
            continue
        with contextlib.ExitStack() as locks, contextlib.suppress(FileNotFoundError):
            names = ("start.lock", "users.lock", "alive.lock")
            if all(_try_lock(locks.enter_context(_opened(folder / name))) for name in names):
                shutil.rmtree(folder, ignore_errors=True)


def _empty(folder: Path) -> None:
    """Remove what an earlier server left in the folder, which is locked."""
    for path in folder.iterdir():
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        elif path.suffix != ".lock":
            path.unlink()


def _environment() -> dict[str, str]:
    """Return the server's environment: ours, without what would configure MLflow or its Python."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MLFLOW_", "_MLFLOW_")) and name != "PYTHONWARNINGS"
    }
    return own | _SETTINGS


def _listener(port: int) -> socket.socket:
    """Listen on a port, or if it is taken or 0, on one that the kernel chooses."""
    if port:
        with contextlib.suppress(OSError):
            return socket.create_server((_HOST, port))
    try:
        return socket.create_server((_HOST, 0))
    except OSError as error:
        raise OSError(error.errno, f"cannot listen on {_HOST}: {error.strerror}") from error


def _problem(url: str, timeout: float) -> str:
    """Return why the server does not answer, or nothing if it does."""
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=timeout)
    try:
        with contextlib.closing(connection):
            connection.request("GET", "/health")
            status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{type(error).__name__} from GET /health"
    return "" if status == http.HTTPStatus.OK else f"GET /health is answered with {status}"


def _opened(path: Path) -> TextIO:
    """Open a file to append to, made for nobody but its owner if it is missing."""
    return open(path, "a", encoding="utf-8", opener=_private)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextlib.contextmanager
def _start_lock(folder: Path) -> Iterator[None]:
    """Hold the folder's ``start.lock``; make the folder, again if it is removed meanwhile."""
    path = folder / "start.lock"
    with contextlib.ExitStack() as stack:
        while True:
            make_private(folder)
            with contextlib.suppress(FileNotFoundError):
                file = stack.enter_context(_opened(path))
                fcntl.flock(file, fcntl.LOCK_EX)
                if os.path.samestat(path.stat(), os.fstat(file.fileno())):
                    break
        yield


def _try_lock(file: TextIO, kind: int = fcntl.LOCK_EX) -> bool:
    """Take the file's lock, instead of the one that we have on it; return whether that is done."""
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
