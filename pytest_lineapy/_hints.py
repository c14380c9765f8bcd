"""What to do about a tracking server that does not start, where the cause is a known one."""

from __future__ import annotations

import re

# Known causes, by what is in the log or in the state of the process, the most telling first.
_HINTS = (
    (
        r"No module named 'mlflow|needs MLflow",
        "install MLflow: pip install 'pytest-lineapy[mlflow]'",
    ),
    (
        r"No module named '(uvicorn|fastapi|flask|starlette|sqlalchemy|alembic)",
        (
            "the server's part of MLflow is not installed, which mlflow-skinny and mlflow-tracing "
            "leave out: pip install 'pytest-lineapy[mlflow]'"
        ),
    ),
    (r"No module named 'pytest_lineapy", "install pytest-lineapy for the Python of the command"),
    (
        r"No space left on device|database or disk is full|Disk quota exceeded",
        "there is no space left where the folder is: free some, or set TMPDIR to another place",
    ),
    (
        r"out-of-date database schema|Can't locate revision",
        "the folder's database is of another version of MLflow: use another folder, or that one",
    ),
    (
        r"database is locked",
        (
            "another process uses the folder's database: end it, or use another folder. Network "
            "file systems do not lock reliably; if this is one, set TMPDIR to a local folder"
        ),
    ),
    (
        r"cannot listen on .*(Address already in use|Cannot assign requested address)",
        (
            "all ports that this system gives out are taken: end what holds them, or widen the "
            "range that net.ipv4.ip_local_port_range says"
        ),
    ),
    (
        r"cannot listen on",
        (
            "this system does not let the process open a port of its own, as sandboxes do not: "
            "allow it, or use MLflow without a server, on SQLite"
        ),
    ),
    (
        r"Permission denied|Read-only file system",
        "the server may not write where its folder is: set TMPDIR to a folder where it may",
    ),
    (
        r"exit code -9\b",
        (
            "it was killed, by the system if memory ran out (it needs about 400 MB): look into the "
            "system's log, and give the run more memory or fewer workers"
        ),
    ),
)


def hint(text: str) -> str:
    """Return a line that says what to do, if the cause is a known one."""
    return next((f"Hint: {told}\n" for pattern, told in _HINTS if re.search(pattern, text)), "")
