"""A database: its URL, its connections, and what SQLite and PostgreSQL do differently.

Connections are opened at the first use and kept for the next. A process that forks closes them
first: SQLite must not be carried over a fork (https://sqlite.org/howtocorrupt.html#_carrying_an_
open_database_connection_across_a_fork_), and a PostgreSQL connection has one socket.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sqlite3
import struct
import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from lineapy_store.catalog._failures import translated
from lineapy_store.catalog._schema import prepare
from lineapy_store.errors import (
    BackendUnavailableError,
    ConfigurationError,
    CorruptArtifactError,
)
from lineapy_store.folders import make_private
from lineapy_store.redact import redact

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL, Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

_logger = logging.getLogger("lineapy_store.catalog")

_EXAMPLES = "'sqlite:////folder/catalog.sqlite' or 'postgresql://user:password@host/database'"
_SECRETS = ("password", "sslpassword")
_BEGIN = "lineapy_store_begin"
_SWITCH_PAUSE = 0.01  # seconds between tries
_MAKING = 2.0  # seconds, which nobody takes to write a page
_DURABLE = "lineapy_store_durable"
_WAL = "lineapy_store_wal"

# One page of 4,096 bytes, a header and a table of tables with nothing in it:
# https://sqlite.org/fileformat2.html.
_EMPTY = b"".join(
    [
        struct.pack(">16sH6B", b"SQLite format 3\0", 4096, 1, 1, 0, 64, 32, 32),
        struct.pack(">12I", 1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0),
        struct.pack(">20x2I", 1, 3_040_000),
        struct.pack(">B3HB", 13, 0, 0, 4096, 0),
    ]
).ljust(4096, b"\0")
_SMALLEST = 2  # bytes; less is nothing to SQLite


class Database:
    """Connections to the database at a URL, which is looked at but not opened here.

    Args:
        url: ``sqlite:///PATH`` or ``postgresql://...``.
        busy_timeout: Seconds to wait for a lock, a connection or a server.

    Raises:
        ConfigurationError: The URL is not one of these.
    """

    def __init__(self, url: str, busy_timeout: float) -> None:
        self._url = _parse(url)
        self._busy_timeout = busy_timeout
        self.is_sqlite = self._url.get_backend_name() == "sqlite"
        self.shown = _without_secrets(self._url)
        self._path = Path(str(self._url.database)) if self.is_sqlite else None
        self._reader: Engine | None = None
        self._writer: Engine | None = None
        self._close: weakref.finalize[[], Database] | None = None
        self._forget()
        _databases.add(self)

    def _forget(self) -> None:
        """Start anew, as a forked child must: its parent's locks are not its own."""
        if self._close is not None:
            _inherited.append(self._reader)
            self._close.detach()
        self._reader = self._writer = self._close = None
        self._opening = threading.Lock()
        self._calm = threading.Condition()
        self._active: list[int] = []  # the threads that use a connection now
        self._forking = False

    @contextlib.contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give a connection to read with: to PostgreSQL without a transaction."""
        with translated(self.shown, self._path), self._used():
            engine = self._reader if self._writer is not None else self._open()
            assert engine is not None  # noqa: S101 - _open sets both or raises
            with engine.connect() as connection:
                yield connection

    @contextlib.contextmanager
    def writing(self, *, durable: bool = True) -> Iterator[Connection]:
        """Give a connection in a transaction, which is committed unless the block raises.

        In SQLite the transaction excludes every other that writes, from its beginning on: one that
        began by reading could not go on to write if another had written in between.

        Args:
            durable: Wait until what was written would survive a power cut. Without, everyone sees
                it as soon, and nothing else is lost: it only need not be on disk yet.
        """
        with translated(self.shown, self._path), self._used():
            if self._writer is None:
                self._open()
            assert self._writer is not None  # noqa: S101 - _open sets both or raises
            with self._writer.connect() as connection:
                connection.execution_options(**{_DURABLE: durable})
                with connection.begin():
                    if not (durable or self.is_sqlite):
                        connection.exec_driver_sql("SET LOCAL synchronous_commit = off")
                    yield connection

    def upsert(self, table: sa.Table, **changed: sa.ColumnElement[Any]) -> sa.Insert:
        """Return an INSERT which, where the primary key is there already, updates.

        Args:
            table: Where to.
            changed: What to set then; without any, every column to what was to be inserted.
        """
        insert = sqlite.insert(table) if self.is_sqlite else postgresql.insert(table)
        return insert.on_conflict_do_update(
            index_elements=list(table.primary_key), set_=changed or dict(insert.excluded)
        )

    def in_any_case(self, name: sa.Column[str]) -> sa.ColumnElement[str]:
        """Return a name to compare in any case, which the collation "C" can do for ASCII only."""
        return name if self.is_sqlite else sa.collate(name, "default")

    def hold_digests(self, connection: Connection, *digests: str, shared: bool) -> None:
        """Keep others from using digests until the transaction ends.

        Args:
            connection: One from `writing`.
            digests: What to hold; if several, not more than 1,000.
            shared: Let others hold them that ask for them shared as well.
        """
        if self.is_sqlite:
            return  # a transaction that writes holds everything
        keys = {
            hashlib.blake2b(f"lineapy_store {digest}".encode(), digest_size=8).digest()
            for digest in digests
        }
        lock = sa.func.pg_advisory_xact_lock_shared if shared else sa.func.pg_advisory_xact_lock
        # In one order, so that of two that hold several neither waits for the other.
        locks = [lock(int.from_bytes(key, "big", signed=True)) for key in sorted(keys)]
        connection.execute(sa.select(*locks))

    def fault(self) -> str | None:
        """Return what is wrong with an SQLite file, if anything; a server looks after its own."""
        if not self.is_sqlite:
            return None
        with self.reading() as connection:
            found = str(connection.exec_driver_sql("PRAGMA integrity_check(1)").scalar_one())
        return None if found == "ok" else found

    def dispose(self) -> None:
        """Close the connections that nobody uses; the next use opens new ones."""
        with self._opening:
            if self._close is not None:
                self._close()
            self._reader = self._writer = self._close = None

    @contextlib.contextmanager
    def _used(self) -> Iterator[None]:
        thread = threading.get_ident()
        with self._calm:
            # A thread that uses one already is waited for, so it must not wait.
            self._calm.wait_for(lambda: not self._forking or thread in self._active)
            self._active.append(thread)
        try:
            yield
        finally:
            with self._calm:
                self._active.remove(thread)
                self._calm.notify_all()

    def before_fork(self) -> None:
        """Wait for the other threads to end what they do, keep them from more, and close."""
        me = threading.get_ident()
        self._calm.acquire()
        self._forking = True
        self._calm.wait_for(
            lambda: all(thread == me for thread in self._active), self._busy_timeout
        )
        if self._reader is not None:
            self._reader.dispose()

    def after_fork_in_parent(self) -> None:
        """Let the other threads go on."""
        self._forking = False
        self._calm.notify_all()
        self._calm.release()

    def after_fork_in_child(self) -> None:
        """Start anew."""
        self._forget()

    def _open(self) -> Engine:
        with self._opening:
            if self._reader is None:
                engine = self._create()
                writer = engine
                if self.is_sqlite:
                    self._create_file()
                    writer = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
                try:
                    prepare(engine, writer, self.shown)
                except BaseException:
                    engine.dispose()
                    raise
                self._close = weakref.finalize(self, engine.dispose)
                # Single statements need no transaction; without one they are one round trip to
                # the server instead of three.
                self._reader = (
                    engine
                    if self.is_sqlite
                    else engine.execution_options(isolation_level="AUTOCOMMIT")
                )
                self._writer = writer
            return self._reader

    def _create(self) -> Engine:
        if self.is_sqlite:
            engine = sa.create_engine(
                self._url,
                connect_args={"timeout": self._busy_timeout},
                pool_timeout=self._busy_timeout,
            )
            sa.event.listen(engine, "connect", self._set_up_sqlite)
            sa.event.listen(engine, "begin", _begin_sqlite)
            return engine
        options = f"-c lock_timeout={int(self._busy_timeout * 1000)}"
        given = self._url.query
        wait = given.get("connect_timeout", max(2, int(self._busy_timeout)))
        # Not in the engine's URL, of which it shows all but the password before the host.
        secrets = {key: given[key] for key in _SECRETS if key in given}
        try:
            return sa.create_engine(
                self._url.difference_update_query(secrets),
                connect_args={
                    "connect_timeout": wait,
                    "options": " ".join([options, str(given.get("options", ""))]).strip(),
                    **secrets,
                },
                pool_timeout=self._busy_timeout,
                pool_pre_ping=True,  # a server that was restarted is no reason to fail
            )
        except ModuleNotFoundError as error:
            raise BackendUnavailableError(
                f"The catalog {self.shown} needs the package psycopg: "
                "pip install 'pytest-lineapy[postgres]'."
            ) from error

    def _create_file(self) -> None:
        path = self._path
        assert path is not None  # noqa: S101 - of SQLite only
        try:
            make_private(path.parent)
            if not path.exists():
                _make_file(path)
            cut_short = path.is_file() and _stays_empty(path)
        except OSError as error:
            raise BackendUnavailableError(
                f"The catalog {self.shown} cannot be made: {error}. Choose a folder that may be "
                "written, with the option home_dir or database_url."
            ) from error
        if cut_short:  # which SQLite would take for a new one, in which nothing is
            raise CorruptArtifactError(
                f"The catalog {self.shown} is an empty file, which none ever was. Restore it from "
                "a backup, or remove it if there is nothing in it to be had."
            )

    def _set_up_sqlite(self, connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # transactions begin where _begin_sqlite says
        connection.execute("PRAGMA foreign_keys = ON")
        # SQLite's own lower() knows ASCII only, and search is to find 'Ärger' by 'ärger'.
        connection.create_function("lower", 1, _lower, deterministic=True)
        mode = self._write_ahead(connection)
        record.info[_WAL] = mode == "wal"
        if mode != "wal":
            _logger.info(
                "The catalog %s cannot have a write-ahead log here (%s), as on a network file "
                "system: readers and writers wait for each other. For a team, PostgreSQL is the "
                "better place (option database_url).",
                self.shown,
                mode,
            )

    def _write_ahead(self, connection: sqlite3.Connection) -> str:
        """Switch to a write-ahead log; return the mode that there is, or why there is not that."""
        deadline = time.monotonic() + self._busy_timeout
        while True:
            try:
                return str(connection.execute("PRAGMA journal_mode = WAL").fetchone()[0])
            except sqlite3.OperationalError as error:
                if "is locked" not in str(error):
                    return str(error)
                # SQLite's own busy timeout does not hold while somebody else makes the switch.
                if time.monotonic() > deadline:
                    raise
                time.sleep(_SWITCH_PAUSE)


def _stays_empty(path: Path) -> bool:
    """Return whether a file is empty, and not one that somebody is making just now."""
    end = time.monotonic() + _MAKING
    while path.stat().st_size < _SMALLEST:
        if time.monotonic() > end:
            return True
        time.sleep(_SWITCH_PAUSE)
    return False


def _make_file(path: Path) -> None:
    """Make a database without tables, whole at once, unless somebody else does so first.

    SQLite gives its other files the mode of this one, which nobody else may read.
    """
    # There are systems and file systems where files cannot be without a name.
    with contextlib.suppress(AttributeError, NotImplementedError, OSError):
        # Not by the module tempfile, which makes files that cannot be given a name later.
        descriptor = os.open(path.parent, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            file.write(_EMPTY)
            # Given a folder, which it does not need, Python follows the link to the file.
            os.link(f"/proc/self/fd/{descriptor}", path, src_dir_fd=descriptor)
        return
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as file:
            try:
                file.write(_EMPTY)
            except OSError:
                path.unlink()  # an empty file would be taken for a damaged catalog
                raise


def _lower(value: str | float | None) -> str | float | None:  # bytes too, if someone wrote them
    return value.lower() if isinstance(value, (str, bytes)) else value


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    # Without a write-ahead log, less than FULL could damage the file, not only lose a commit.
    durable = options.get(_DURABLE, True) or not connection.info[_WAL]
    connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
    connection.exec_driver_sql(options.get(_BEGIN, "BEGIN"))


def _parse(url: str) -> URL:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        # The URL is left out: what cannot be parsed cannot have its password removed.
        raise ConfigurationError(
            f"The option database_url is not a database's URL, such as {_EXAMPLES}."
        ) from None
    shown = _without_secrets(parsed)
    if "@" in (parsed.host or ""):
        raise ConfigurationError(
            f"The option database_url is {shown!r}, where a password with an '@' cannot be told "
            "from the host: write %40 for it."
        )
    if parsed.drivername in ("postgresql", "postgresql+psycopg"):
        return parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "sqlite+pysqlite"):
        raise ConfigurationError(
            f"The option database_url is {shown!r}; it has to begin with 'sqlite:///', "
            f"'postgresql://' or 'postgresql+psycopg://', such as {_EXAMPLES}."
        )
    # SQLAlchemy decodes it from 2.1 on.
    path = unquote(url.partition(":///")[2].partition("?")[0])
    if not path or path == ":memory:" or path.startswith("file:") or parsed.query or parsed.host:
        raise ConfigurationError(
            f"The option database_url is {shown!r}; for SQLite it has to be 'sqlite:///' and the "
            "path of a file, since other processes are to find the same catalog."
        )
    return parsed.set(drivername="sqlite+pysqlite", database=str(Path(path).absolute()))


def _without_secrets(url: URL) -> str:
    hidden = {key: "***" for key in _SECRETS if key in url.query}
    url = url.set(drivername=url.drivername.partition("+")[0]).update_query_dict(hidden)
    return redact(url.render_as_string(hide_password=True))


# What a child inherited is kept, for a connection that is collected is closed, and closing would
# be using it.
_inherited: list[Engine | None] = []
_databases: weakref.WeakSet[Database] = weakref.WeakSet()


def _before_fork() -> None:
    _fork_lock.acquire()  # of two threads that fork at once, one waits for the other
    _forking[:] = list(_databases)
    for database in _forking:
        database.before_fork()


def _after_fork_in_parent() -> None:
    while _forking:
        _forking.pop().after_fork_in_parent()
    _fork_lock.release()


def _after_fork_in_child() -> None:
    global _fork_lock  # noqa: PLW0603 - the thread that holds the parent's is this one, or is gone
    _fork_lock = threading.Lock()
    while _forking:
        _forking.pop().after_fork_in_child()


_fork_lock = threading.Lock()
_forking: list[Database] = []
os.register_at_fork(
    before=_before_fork,
    after_in_parent=_after_fork_in_parent,
    after_in_child=_after_fork_in_child,
)
