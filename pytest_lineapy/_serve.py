"""The server process: MLflow's tracking application on a socket that was handed to it.

``pytest_lineapy.server`` starts it, with the server's folder as its working directory::

    python -m pytest_lineapy._serve SOCKET ALIVE LINGER keep|remove at-once|on-demand

SOCKET and ALIVE are descriptors: the socket to serve, and the lock that tells that this process
lives. LINGER is how many seconds to wait for a new user when the last has left, and the next word
what to do with the folder then. The last one says whether to wait for a client before MLflow is
imported.

``mlflow server`` is a process that starts another, and that one its workers. This is one process,
so that there is one to wait for and one to end.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import os
import select
import shutil
import socket
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_lineapy._cache import artifact_location, database_uri, migrated_database

if TYPE_CHECKING:
    import sqlite3

_LOOK_AGAIN = 0.2
_GIVE_WAY = 0.02


def _end_with_users(lease: int, alive: int, linger: float, *, remove: bool) -> None:
    """Leave when nobody has used the server for ``linger`` seconds.

    Who joins holds the lease before it asks whether the server lives; here the lease is held when
    the decision to end is made, and until the process is gone. So nobody joins a server that ends.
    Who waits for the lease meanwhile is given it.
    """
    while True:
        fcntl.flock(lease, fcntl.LOCK_EX)  # waits until no user is left, however the last one went
        if Path("kept").exists():
            fcntl.flock(lease, fcntl.LOCK_UN)
            return
        joined, deadline = os.fstat(lease).st_mtime_ns, time.monotonic() + linger
        while (rest := deadline - time.monotonic()) > 0:
            fcntl.flock(lease, fcntl.LOCK_UN)
            time.sleep(min(rest, _LOOK_AGAIN))
            try:
                fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                break
            if os.fstat(lease).st_mtime_ns != joined:
                break  # somebody was here and is gone already
        else:
            _end(alive, remove=remove)
        fcntl.flock(lease, fcntl.LOCK_UN)
        time.sleep(_GIVE_WAY)


def _end(alive: int, *, remove: bool) -> None:
    """End this process, unless somebody has the folder's ``start.lock``.

    That is a new user who waits for the lease, or one that is being killed and had the lease, too.
    """
    if remove:
        # Both are gone if the last user has removed them.
        with contextlib.suppress(OSError):
            folder = Path.cwd()
            start = os.open("start.lock", os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(start, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(start)
                return
            shutil.rmtree(folder, ignore_errors=True)
    # Before the lease: see above. The kernel would close them in an order of its own.
    os.close(alive)
    # Nobody is left to answer, and a transaction of SQLite that is cut short rolls back.
    os._exit(0)


def _do_not_sync(connection: sqlite3.Connection, _record: object) -> None:
    """Have SQLite survive the end of this process at any moment, but not a power cut."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = OFF")


def _serve(listener: socket.socket) -> None:
    # The imports make objects that stay; to look for garbage among them takes 4 % of the start.
    gc.disable()
    # MLflow puts its host checks into the application only if a server has been imported first.
    import uvicorn  # noqa: PLC0415 - the users are watched while these imports take seconds
    from sqlalchemy import Engine, event  # noqa: PLC0415 - as above

    port = listener.getsockname()[1]
    folder = Path.cwd()
    database = folder / "mlflow.db"
    artifact_root = "mlflow-artifacts:/"
    if not database.exists():
        migrated_database(database, "mlflow-artifacts:/workspaces/default/0")
    # MLflow leaves files in the temporary folder.
    temporary = folder / "tmp"
    temporary.mkdir(exist_ok=True)
    tempfile.tempdir = os.environ["TMPDIR"] = str(temporary)

    from mlflow.server import constants, handlers  # noqa: PLC0415 - as above

    event.listen(Engine, "connect", _do_not_sync)
    uri = database_uri(database)
    os.environ |= {
        constants.BACKEND_STORE_URI_ENV_VAR: uri,
        constants.REGISTRY_STORE_URI_ENV_VAR: uri,
        constants.ARTIFACT_ROOT_ENV_VAR: artifact_root,
        constants.ARTIFACTS_DESTINATION_ENV_VAR: artifact_location(folder / "artifacts"),
        constants.SERVE_ARTIFACTS_ENV_VAR: "true",
        # By default MLflow takes a web page's 10.example.com for an address of this machine's.
        "MLFLOW_SERVER_ALLOWED_HOSTS": f"127.0.0.1:{port},localhost:{port}",
    }
    handlers.initialize_backend_stores(uri, uri, artifact_root)
    config = uvicorn.Config("mlflow.server.fastapi_app:app", use_colors=False)
    config.load()
    gc.freeze()
    gc.enable()
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    """Serve until the users are gone."""
    os.umask(0o077)
    descriptor, alive, linger, folder, start = sys.argv[1:]
    for inherited in (descriptor, alive):
        os.set_inheritable(int(inherited), False)  # noqa: FBT003 - has no keywords
    lease = os.open("lease.lock", os.O_RDWR)
    threading.Thread(
        target=_end_with_users,
        args=(lease, int(alive), float(linger)),
        kwargs={"remove": folder == "remove"},
        daemon=True,
    ).start()
    listener = socket.socket(fileno=int(descriptor))
    if start == "on-demand":
        select.select([listener], [], [])
    _serve(listener)


if __name__ == "__main__":
    main()
