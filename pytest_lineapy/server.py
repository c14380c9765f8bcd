"""A temporary MLflow tracking server, in a process of its own, that any number of processes share.

Whoever enters ``tracking_server(folder)`` first starts the server of that folder; whoever enters
while it runs uses the same one; it ends when the last of them has left. Locks of the kernel keep
count, which lets go of them for a process that is killed too:

- ``start.lock`` is held while somebody joins or leaves, so that these happen one at a time.
- ``users.lock`` is shared by all users. Who can have it alone is the only one.
- ``lease.lock`` is shared by all users too. The server waits to have it alone, and then ends.

The socket is opened here and handed down, so the port is the kernel's choice, nobody can take it in
between, and a client that comes before the server is ready waits in the queue instead of polling.
"""

from __future__ import annotations

import contextlib
import fcntl
import http.client
import json
import os
import shlex
import socket
import subprocess
import sys
import time
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ServerError", "TrackingServer", "tracking_server"]

_HOST = "127.0.0.1"


class ServerError(RuntimeError):
    """The tracking server did not start; the message holds all that is known about it."""


class TrackingServer:
    """A tracking server that this process uses; ``tracking_server`` makes it.

    Attributes:
        url: What to give to MLflow as tracking URI, such as ``http://127.0.0.1:41234``.
        pid: Number of the server's process.
        command: How that process was started.
        folder: Where it keeps its database, artifacts and log.
    """

    def __init__(self, folder: Path) -> None:
        """Join the folder's server, or start it; neither waits until it is ready."""
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        with _lock(folder / "start.lock", fcntl.LOCK_EX), contextlib.ExitStack() as on_failure:
            self._users = on_failure.enter_context(_opened(folder / "users.lock"))
            is_first = _try_lock(self._users)
            fcntl.flock(self._users, fcntl.LOCK_SH)
            # Also waits here for an earlier server of this folder that is about to end.
            self._lease = on_failure.enter_context(_lock(folder / "lease.lock", fcntl.LOCK_SH))
            if is_first:
                self._start()
            state = json.loads((folder / "server.json").read_text(encoding="utf-8"))
            on_failure.pop_all()
        self.url: str = state["url"]
        self.pid: int = state["pid"]
        self.command: list[str] = state["command"]

    def _start(self) -> None:
        with socket.create_server((_HOST, 0)) as listener, self._log.open("wb") as log:
            descriptor = listener.fileno()
            command = [sys.executable, "-m", "pytest_lineapy._serve", str(descriptor), "lease.lock"]
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                command,
                cwd=self.folder,
                env=_environment(),
                pass_fds=[descriptor],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Ctrl-C is for the tests; their end is what ends the server.
                start_new_session=True,
            )
            port = listener.getsockname()[1]
        state = {"url": f"http://{_HOST}:{port}", "pid": self._process.pid, "command": command}
        (self.folder / "server.json").write_text(json.dumps(state), encoding="utf-8")

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def log_tail(self, lines: int = 40) -> str:
        """Return the last lines of what the server printed, all of its users' requests included."""
        with self._log.open(encoding="utf-8", errors="replace") as log:
            return "".join(deque(log, maxlen=lines))

    def wait_until_ready(self, timeout: float) -> None:
        """Return when the server answers.

        Args:
            timeout: Seconds to wait at most.

        Raises:
            ServerError: It has died, or has not answered in time.
        """
        started = time.monotonic()
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=timeout)
        try:
            with contextlib.closing(connection):
                connection.request("GET", "/health")
                status = connection.getresponse().status
            if status == http.HTTPStatus.OK:
                return
            problem = f"GET /health is answered with {status}"
        except (OSError, http.client.HTTPException) as error:
            problem = f"{type(error).__name__} from GET /health"
        waited = time.monotonic() - started
        raise ServerError(
            f"MLflow's tracking server at {self.url} is not ready after {waited:.1f} s (limit "
            f"{timeout:g} s): {problem}; {self._process_state()}.\n"
            f"Command: {shlex.join(self.command)}\n"
            f"Last lines of {self._log}:\n{self.log_tail()}"
        )

    def _process_state(self) -> str:
        if self._process is None:
            return f"its process, {self.pid}, was started by another one"
        try:
            # A socket closes a moment before its process has ended.
            code = self._process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            return f"its process, {self.pid}, still runs"
        return f"its process has ended with exit code {code}"

    def stop(self) -> None:
        """Leave the server; the last one to leave waits until it has ended."""
        if self._lease.closed:
            return
        with _lock(self.folder / "start.lock", fcntl.LOCK_EX):
            is_last = _try_lock(self._users)
            self._users.close()
            self._lease.close()
            if self._process is not None:
                if is_last:
                    _reap(self._process)
                else:
                    # It outlives us on purpose, which ``Popen`` would warn about.
                    self._process.returncode = 0


@contextlib.contextmanager
def tracking_server(
    folder: str | os.PathLike[str], *, start_timeout: float = 120.0
) -> Iterator[TrackingServer]:
    """Run an MLflow tracking server with the backend and the artifacts in a folder.

    It listens on 127.0.0.1 only, serves artifacts itself, sends no telemetry and runs no jobs. It
    takes nothing from this process's ``MLFLOW_*`` variables.

    Args:
        folder: Made if it is missing. Processes that name the same one share one server.
        start_timeout: Seconds until it has to answer.

    Yields:
        The server, ready. It ends when all that share it have left or are gone.

    Raises:
        ServerError: It did not come up.
    """
    path = Path(folder).absolute()
    path.mkdir(parents=True, exist_ok=True)
    server = TrackingServer(path)
    try:
        server.wait_until_ready(start_timeout)
        yield server
    finally:
        server.stop()


def _environment() -> dict[str, str]:
    """Return the server's environment: ours, without what would configure MLflow."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("MLFLOW_", "_MLFLOW_"))
    }
    return own | {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
        "PYTHONUNBUFFERED": "1",
    }


def _reap(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that is about to end, and end it if it hangs."""
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _opened(path: Path) -> TextIO:
    return path.open("a", encoding="utf-8")


def _lock(path: Path, kind: int) -> TextIO:
    """Return the file, locked; closing it unlocks."""
    file = _opened(path)
    fcntl.flock(file, kind)
    return file


def _try_lock(file: TextIO) -> bool:
    """Return whether nobody else holds the file's lock; ours is gone or exclusive then."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
