"""What is kept between test runs, in the system's temporary folder: a migrated database of MLflow.

An empty SQLite database costs MLflow a second of migrations; a copy of a migrated one costs
milliseconds.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import sqlite3
import stat
import tempfile
from importlib import metadata, util
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_lineapy._environment import no_telemetry

if TYPE_CHECKING:
    from collections.abc import Iterator


class CacheFolderError(PermissionError):
    """The folder of what is kept between runs is not this user's alone."""


def cache_folder() -> Path:
    """Return this user's folder in the system's temporary folder, made if it is missing.

    Raises:
        CacheFolderError: Somebody else could write to it; what is in there would be run by us.
    """
    folder = Path(tempfile.gettempdir()).absolute() / f"pytest-lineapy-{os.getuid()}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    status = folder.lstat()
    if (
        not stat.S_ISDIR(status.st_mode)
        or status.st_uid != os.getuid()
        or stat.S_IMODE(status.st_mode) & 0o077
    ):
        raise CacheFolderError(
            f"{folder} has to be a folder of the user with id {os.getuid()} that nobody else can "
            f"enter (mode 0700), and is not: {stat.filemode(status.st_mode)}, of {status.st_uid}. "
            "Remove it, or set TMPDIR to a folder of your own"
        )
    return folder


def mlflow_identity(*, code: bool = False) -> str:
    """Return the installed MLflow's version with a digest of where it is and of its migrations.

    The version alone would not do for a checkout of MLflow, whose files change within one.

    Args:
        code: Whether, in a checkout, all of its modules count.

    Raises:
        ModuleNotFoundError: MLflow is not installed; the message says how to install it.
    """
    spec = util.find_spec("mlflow")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(
            "a tracking database or server needs MLflow: pip install 'pytest-lineapy[mlflow]'",
            name="mlflow",
        )
    package = Path(spec.origin).parent
    files = (package / "store" / "db_migrations" / "versions").glob("*.py")
    if code and not {"site-packages", "dist-packages"} & set(package.parts):
        files = package.rglob("*.py")
    states = sorted(f"{path} {path.stat().st_mtime_ns}" for path in files)
    digest = hashlib.sha256("\n".join([spec.origin, *states]).encode()).hexdigest()
    try:
        version = metadata.version("mlflow")
    except metadata.PackageNotFoundError:
        version = "unknown"
    return f"{version}-{digest[:8]}"


def database_uri(path: Path) -> str:
    """Return the URI with which SQLAlchemy, and so MLflow, opens an SQLite file.

    It takes a ``?`` in a path for the end of it, and from 2.1 on decodes what follows a ``%``.
    """
    path = path.absolute()
    if _is_plain(path):
        return f"sqlite:///{path}"
    import sqlalchemy as sa  # noqa: PLC0415 - only for such a path

    return sa.URL.create("sqlite", database=str(path)).render_as_string()


def artifact_location(folder: Path) -> str:
    """Return what leads MLflow to a folder for artifacts; a path is decoded as a URI is."""
    return str(folder) if _is_plain(folder) else folder.absolute().as_uri()


def _is_plain(path: Path) -> bool:
    return not set("%?") & set(str(path))


def migrated_database(target: Path, artifact_location: str) -> str:
    """Make an empty tracking database of MLflow's newest schema, with its Default experiment.

    The first call for a version of MLflow imports it and runs its migrations.

    Args:
        target: The file; its folder must exist.
        artifact_location: Where the Default experiment keeps its artifacts, a path or a URI.

    Returns:
        URI of the database, ``sqlite:///`` and the absolute path, encoded where it has to be.

    Raises:
        ModuleNotFoundError: MLflow is not installed.
    """
    target = target.absolute()
    _make_private(target)
    shutil.copyfile(_template(), target)
    with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as connection:
        # What a power cut would cost here is a test's empty database.
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute(
            "UPDATE experiments SET artifact_location = ? WHERE experiment_id = 0",
            (artifact_location,),
        )
    return database_uri(target)


def _template() -> Path:
    template = cache_folder() / f"mlflow-{mlflow_identity()}.db"
    if not template.exists():
        with _locked(template.with_suffix(".lock")):
            if not template.exists():
                _migrate(template)
    return template


def _migrate(template: Path) -> None:
    # The lock is ours, so a file of this name is of a process that was killed in here.
    unfinished = template.with_suffix(".tmp")
    unfinished.unlink(missing_ok=True)
    _make_private(unfinished)
    uri = database_uri(unfinished)
    with no_telemetry():
        from mlflow.store.tracking.sqlalchemy_store import (  # noqa: PLC0415 - seconds
            SqlAlchemyStore,
        )

        # Makes the tables and the Default experiment.
        store = SqlAlchemyStore(uri, str(template.parent))
        store.engine.dispose()
    unfinished.replace(template)


def _make_private(path: Path) -> None:
    """Make an empty file that only its owner can open, unless there is one already."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, 0o600))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    _make_private(path)
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
