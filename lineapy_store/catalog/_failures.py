"""What a database's error means to the person who called, and what to do about it."""

from __future__ import annotations

import contextlib
import sqlite3
import tempfile
from typing import TYPE_CHECKING

import sqlalchemy as sa

from lineapy_store.errors import (
    BackendUnavailableError,
    ConfigurationError,
    CorruptArtifactError,
    StoreError,
)
from lineapy_store.redact import cause as shown_cause
from lineapy_store.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# By message. These are part of SQLite's
# interface: sqlite3_errstr() in https://sqlite.org/c3ref/errcode.html.
_SQLITE: tuple[tuple[str, type[StoreError], str], ...] = (
    (
        "is locked",
        BackendUnavailableError,
        "another program holds it locked. Nothing was changed: end that program, or try again",
    ),
    (
        "locking protocol",
        BackendUnavailableError,
        (
            "its file system cannot lock files. Keep the catalog on a local disk, or on PostgreSQL "
            "(option database_url)"
        ),
    ),
    (
        "not a database",
        CorruptArtifactError,
        (
            "the file is not an SQLite database. Restore it from a backup, or name another one "
            "with the option database_url"
        ),
    ),
    (
        "malformed",
        CorruptArtifactError,
        "the file is damaged. Restore it from a backup",
    ),
    (
        "disk is full",
        BackendUnavailableError,
        "the disk is full. Nothing was changed: make room and try again",
    ),
    (
        "readonly database",
        BackendUnavailableError,
        (
            "the file or its folder may not be written. Change their permissions, or choose "
            "another place with the option home_dir"
        ),
    ),
    (
        "unable to open",
        BackendUnavailableError,
        (
            "the file cannot be opened. Check that its folder is there and may be written, or "
            "choose another place with the option home_dir"
        ),
    ),
    (
        "disk I/O error",
        BackendUnavailableError,
        "the file cannot be read or written. Nothing was changed",
    ),
)
_FILES, _PROBE = 3, 1 << 16  # at once; bytes more than there are
_UNCLEAR = ("unable to open", "disk I/O error")  # in which SQLite does not say why

# By SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html.
_POSTGRESQL: dict[str, tuple[type[StoreError], str]] = {
    "55P03": (
        BackendUnavailableError,
        "another session holds it locked. Nothing was changed: end that session, or try again",
    ),
    "53100": (BackendUnavailableError, "the server's disk is full. Nothing was changed"),
    "42501": (
        ConfigurationError,
        (
            "the user in the URL may not do this. Grant it, or name another user in the option "
            "database_url"
        ),
    ),
}


@contextlib.contextmanager
def translated(database: str, path: Path | None = None) -> Iterator[None]:
    """Raise a database's errors as the library's own.

    Args:
        database: The database's URL without its password, for the message.
        path: The file, for SQLite.

    Raises:
        BackendUnavailableError: The database is locked, full, down, or cannot be opened.
        ConfigurationError: It refuses the user or a value.
        CorruptArtifactError: It is damaged, or does not have the tables that it should.
    """
    try:
        yield
    except (sa.exc.SQLAlchemyError, sqlite3.Error) as error:
        kind, meaning = _explain(error)
        if path is not None and any(each in meaning for each in _UNCLEAR):
            meaning += _obstacle(path)
        raise kind(f"The catalog {database} failed: {meaning}.") from shown_cause(error)
    except UnicodeDecodeError as error:  # SQLite tells of the file with bytes from it
        raise CorruptArtifactError(
            f"The catalog {database} failed: the file is damaged. Restore it from a backup "
            f"({error.object.decode(errors='backslashreplace')})."
        ) from error
    except (UnicodeEncodeError, OverflowError) as error:
        raise ConfigurationError(
            f"The catalog {database} cannot keep or look for this value: {error}."
        ) from error


def _obstacle(path: Path) -> str:
    """Return what the system says to the same attempt by somebody who tells."""
    try:
        with contextlib.ExitStack() as stack:
            end = 0
            for suffix in ("", "-wal", "-shm"):
                file = path.with_name(path.name + suffix)
                if file.exists():
                    stack.enter_context(file.open("rb"))
                    end = max(end, file.stat().st_size)
            for _ in range(_FILES):
                probe = stack.enter_context(tempfile.TemporaryFile(dir=path.parent))
            probe.seek(end)
            probe.write(bytes(_PROBE))
    except OSError as error:
        return f". The system says: {error.strerror}"
    return ""


def _explain(error: Exception) -> tuple[type[StoreError], str]:
    """Return the class of error that this one is for a caller, and what it means."""
    cause = getattr(error, "orig", None) or error
    message = str(cause).strip()
    known = _POSTGRESQL.get(getattr(cause, "sqlstate", None) or "")
    if isinstance(cause, sqlite3.Error):
        known = next((rule[1:] for rule in _SQLITE if rule[0] in message), None)
    if known is not None:
        kind, meaning = known
    elif isinstance(error, sa.exc.TimeoutError):
        kind, meaning = BackendUnavailableError, "too many threads use it at once. Try again"
    elif isinstance(error, sa.exc.DataError):
        kind, meaning = ConfigurationError, "it cannot keep or look for this value"
    elif isinstance(error, sa.exc.IntegrityError):
        kind, meaning = CorruptArtifactError, "its rows contradict each other. Restore a backup"
    elif isinstance(error, sa.exc.ProgrammingError) or message.startswith("no such"):
        kind, meaning = CorruptArtifactError, "its tables are not as this version left them"
    elif isinstance(cause, sqlite3.Error):
        kind, meaning = BackendUnavailableError, "SQLite reports an error"
    elif isinstance(error, (sa.exc.OperationalError, sa.exc.InterfaceError)):
        kind = BackendUnavailableError
        meaning = "it does not answer. Check that it runs, and the option database_url"
    else:
        kind, meaning = StoreError, "it reports an error"
    return kind, f"{meaning} ({redact(message)})"
