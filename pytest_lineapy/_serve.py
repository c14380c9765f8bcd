"""The server process: MLflow's tracking application on a socket that was handed to it.

``pytest_lineapy.server`` starts it, with the server's folder as its working directory::

    python -m pytest_lineapy._serve SOCKET_DESCRIPTOR LEASE_FILE

``mlflow server`` is a process that starts another, and that one its workers. This is one process,
so that there is one to wait for and one to end.
"""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import threading
from pathlib import Path


def _end_with_owners(lease: int) -> None:
    """Wait until the last owner has let go of the lease, however it ended, and leave."""
    fcntl.flock(lease, fcntl.LOCK_EX)
    # Nobody is left to answer, and a transaction of SQLite that is cut short rolls back.
    os._exit(0)


def _serve(listener: socket.socket) -> None:
    # MLflow puts its host checks into the application only if a server has been imported first.
    import uvicorn  # noqa: PLC0415 - the owners are watched while these imports take seconds
    from mlflow.server import constants, handlers  # noqa: PLC0415 - as above

    folder = Path.cwd()
    database = f"sqlite:///{folder / 'mlflow.db'}"
    artifact_root = "mlflow-artifacts:/"
    os.environ |= {
        constants.BACKEND_STORE_URI_ENV_VAR: database,
        constants.REGISTRY_STORE_URI_ENV_VAR: database,
        constants.ARTIFACT_ROOT_ENV_VAR: artifact_root,
        constants.ARTIFACTS_DESTINATION_ENV_VAR: str(folder / "artifacts"),
        constants.SERVE_ARTIFACTS_ENV_VAR: "true",
    }
    handlers.initialize_backend_stores(database, database, artifact_root)
    config = uvicorn.Config("mlflow.server.fastapi_app:app", use_colors=False)
    uvicorn.Server(config).run(sockets=[listener])


def main() -> None:
    """Serve until the owners are gone."""
    descriptor, lease_file = sys.argv[1:]
    lease = os.open(lease_file, os.O_RDWR)
    threading.Thread(target=_end_with_owners, args=(lease,), daemon=True).start()
    _serve(socket.socket(fileno=int(descriptor)))


if __name__ == "__main__":
    main()
