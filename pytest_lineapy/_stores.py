"""Stores for tests: each with a catalog and a place for content that nobody else uses."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import shutil
import sqlite3
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode

from lineapy_store import Store
from lineapy_store.configuration import NO_CONFIG_FILES, TABLE, as_text, environment_variable
from lineapy_store.folders import TemporaryFolder, make_private
from lineapy_store.redact import Url
from pytest_lineapy._environment import OF_STORES, set_variables, variables
from pytest_lineapy._run import failure
from pytest_lineapy.settings import check_options, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from sqlalchemy.engine import Connection

_OWN_TABLES = "lineapy_store_%"
_SCHEMA_TABLE = "lineapy_store_schema"


@dataclasses.dataclass(frozen=True)
class Place:
    """Where a store keeps its things.

    Attributes:
        home: Its folder.
        catalog: URL of its catalog, or None for SQLite in the folder.
        content: Folder or URL of its content, or None for one in the folder.
    """

    home: Path
    catalog: str | None
    content: str | None

    def options(self) -> dict[str, Any]:
        """Return the options that lead a store here."""
        found = {
            "home_dir": str(self.home),
            "database_url": self.catalog,
            "artifact_storage_dir": self.content,
        }
        return {key: value for key, value in found.items() if value is not None}

    def wipe_catalog(self) -> None:
        """Leave an empty catalog, which may stay open meanwhile."""
        if self.catalog is None:
            _wipe_sqlite(self.home / "catalog.sqlite")
        else:
            _wipe_postgresql(self.catalog)


@contextlib.contextmanager
def place(
    home: Path,
    *,
    database_url: str | None,
    artifact_dir: str | None,
    storage_options: Mapping[str, Any] | None,
) -> Iterator[Place]:
    """Make a place, and remove what of it is not in the folder ``home``.

    Args:
        home: An empty folder.
        database_url: PostgreSQL database to make a schema in; None for SQLite.
        artifact_dir: Folder or URL to make a folder in; None for one in ``home``.
        storage_options: For fsspec.
    """
    name = f"pytest_{uuid.uuid4().hex}"
    catalog = content = None
    with contextlib.ExitStack() as afterwards:
        if database_url is not None:
            catalog = afterwards.enter_context(_schema(database_url, name))
        if artifact_dir is not None and "://" in artifact_dir:
            content = f"{artifact_dir}/{name}"
            afterwards.callback(_remove_content, content, storage_options)
        elif artifact_dir is not None:
            content = str(afterwards.enter_context(_folder(Path(artifact_dir))))
        yield Place(home, catalog, content and Url(content))


@contextlib.contextmanager
def current(place: Place, options: Mapping[str, Any]) -> Iterator[Store]:
    """Open a store, and make it the current one here, in all threads and in child processes."""
    with (
        _told_to_children(place, options),
        Store(**place.options(), **options) as store,
        store.activate(everywhere=True),
    ):
        yield store


@dataclasses.dataclass(eq=False)
class _Surroundings:
    """What a store changes that belongs to the process: variables, and its logger's level."""

    variables: dict[str, str]
    level: int

    def read(self) -> None:
        self.variables, self.level = variables(OF_STORES), _logger.level

    def apply(self) -> None:
        set_variables(OF_STORES, self.variables)
        _logger.setLevel(self.level)


_logger = logging.getLogger("lineapy_store")
_lock = threading.Lock()
# The user's, and those of the stores that are current, the newest last. Threads end theirs in
# another order than they began.
_surroundings: list[_Surroundings] = []


@contextlib.contextmanager
def _told_to_children(place: Place, options: Mapping[str, Any]) -> Iterator[None]:
    """Lead child processes to a store, by nothing but the environment."""
    own = _Surroundings({NO_CONFIG_FILES: "1"}, _logger.level)
    for key, value in (place.options() | dict(options)).items():
        if value is not None:
            own.variables[environment_variable(key)] = as_text(value)
    with _lock:
        if _surroundings:
            _surroundings[-1].read()
        else:
            _surroundings.append(_Surroundings(variables(OF_STORES), _logger.level))
        _surroundings.append(own)
        own.apply()
    try:
        yield
    finally:
        with _lock:
            was_newest = _surroundings[-1] is own
            _surroundings.remove(own)
            if was_newest:
                _surroundings[-1].apply()
            if len(_surroundings) == 1:
                _surroundings.clear()


class FreshStores:
    """Empty stores, one after the other: the catalog that one has opened, the next one uses.

    Content is removed behind the examples' back: on a disk that takes a millisecond for each file.

    Args:
        new_place: Make a place, which stays until the end.
        options: Called at each use for the options of a store that a call does not give.
    """

    def __init__(
        self, new_place: Callable[[], Place], options: Callable[[], Mapping[str, Any]]
    ) -> None:
        self._new_place = new_place
        self._options = options
        self._idle: list[tuple[Place, Store]] = []
        self._remover = ThreadPoolExecutor(1, "lineapy-fresh-store")

    @contextlib.contextmanager
    def __call__(self, **options: Any) -> Iterator[Store]:
        """Give an empty store, the current one of ``lineapy_store`` inside.

        Args:
            **options: Options of the store.

        Raises:
            pytest.UsageError: An option that does not exist, or one that the fixture sets.
        """
        __tracebackhide__ = True  # as pytest shows arguments, and these may be secret
        chosen = {**self._options(), **check_options(options, "lineapy_fresh_store()")}
        place, store = self._take()
        content = f"{place.content or place.home / 'content'}/{uuid.uuid4().hex}"
        example = dataclasses.replace(place, content=content)
        try:
            with _told_to_children(example, chosen):
                for key in TABLE:
                    store.options.set(key, (example.options() | chosen).get(key))
                with store.activate(everywhere=True):
                    yield store
        finally:
            self._idle.append((place, store))

    def _take(self) -> tuple[Place, Store]:
        # It is emptied now and not before, so that what a failed example left can be looked at.
        while self._idle:
            place, store = self._idle.pop()
            content, options = map(store.options.get, ("artifact_storage_dir", "storage_options"))
            self._remover.submit(_remove_content, content, options)
            with contextlib.suppress(Exception):  # what the example has broken is not used again
                place.wipe_catalog()
                return place, store
            store.close()
        place = self._new_place()
        return place, Store(**place.options())

    def close(self) -> None:
        """Close what is open."""
        self._remover.shutdown()
        for _, store in self._idle:
            store.close()


def _wipe_sqlite(path: Path) -> None:
    if not path.exists():
        return
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("BEGIN IMMEDIATE")
        names = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE ? AND name <> ?",
            (_OWN_TABLES, _SCHEMA_TABLE),
        ).fetchall()
        # Foreign keys are off in a new connection, so that the order does not matter.
        for (name,) in names:
            connection.execute(f'DELETE FROM "{name}"')  # noqa: S608 - a table's name
        connection.execute("COMMIT")


def _wipe_postgresql(url: str) -> None:
    import psycopg  # noqa: PLC0415 - only for PostgreSQL
    from psycopg import sql  # noqa: PLC0415 - as above

    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() "
            "AND tablename LIKE %s AND tablename <> %s",
            (_OWN_TABLES, _SCHEMA_TABLE),
        ).fetchall()
        if rows:
            tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in rows)
            connection.execute(sql.SQL("TRUNCATE {}").format(tables))


def _folder(parent: Path) -> TemporaryFolder:
    try:
        make_private(parent)
        return TemporaryFolder(parent, "pytest_")
    except OSError as error:
        raise failure(
            f"the test cannot have a folder in that of --lineapy-artifact-dir: {error}"
        ) from None


@contextlib.contextmanager
def _schema(url: str, name: str) -> Iterator[str]:
    """Make a schema in a PostgreSQL database, and give the URL that leads there.

    A lock of the database's is held on its name until the schema is dropped, or this process has
    ended. Then the next run drops it.
    """
    import sqlalchemy as sa  # noqa: PLC0415 - only where there is a catalog

    with contextlib.ExitStack() as afterwards:
        with _explained("have"):
            engine = sa.create_engine(
                sa.make_url(url).set(drivername="postgresql+psycopg"),
                poolclass=sa.NullPool,
                isolation_level="AUTOCOMMIT",
            )
            connection = afterwards.enter_context(engine.connect())
            if url not in _looked_into:
                _looked_into.add(url)
                _drop_dead_schemas(connection)
            connection.execute(sa.text(f"SELECT pg_advisory_lock({_LOCK})"), {"name": name})
            connection.execute(sa.schema.CreateSchema(name))
        base, _, query = url.replace("postgresql+psycopg://", "postgresql://", 1).partition("?")
        given = dict(parse_qsl(query))
        given["options"] = f"{given.get('options', '')} -csearch_path={name}".strip()
        try:
            yield Url(f"{base}?{urlencode(given, quote_via=quote)}")
        finally:
            with _explained("drop"):
                drop = sa.schema.DropSchema(name, cascade=True)
                try:
                    connection.execute(drop)
                except sa.exc.OperationalError:  # as when the server was restarted
                    with engine.connect() as another:
                        another.execute(drop)


@contextlib.contextmanager
def _explained(verb: str) -> Iterator[None]:
    """Let the test fail, without a traceback, which would have the URL with its password."""
    import sqlalchemy as sa  # noqa: PLC0415 - only where there is a catalog

    try:
        yield
    except ModuleNotFoundError:
        raise failure(
            "a PostgreSQL database needs psycopg: pip install 'pytest-lineapy[postgres]'"
        ) from None
    except sa.exc.SQLAlchemyError as error:
        raise failure(
            f"the test cannot {verb} a schema in the database of --lineapy-database-url: "
            f"{shown(getattr(error, 'orig', None) or error)}"
        ) from None


# URLs in whose databases schemas of runs that were killed have been looked for.
_looked_into: set[str] = set()
_LOCK = "hashtextextended(:name, 0)"
_OF_RUNS = "SELECT nspname FROM pg_namespace WHERE nspname ~ '^pytest_[0-9a-f]{32}$'"


def _drop_dead_schemas(connection: Connection) -> None:
    import sqlalchemy as sa  # noqa: PLC0415 - only where there is a catalog

    for name in connection.execute(sa.text(_OF_RUNS)).scalars().all():
        given = {"name": name}
        if not connection.execute(sa.text(f"SELECT pg_try_advisory_lock({_LOCK})"), given).scalar():
            continue
        with contextlib.suppress(sa.exc.ProgrammingError):  # it is another user's
            connection.execute(sa.schema.DropSchema(name, cascade=True, if_exists=True))
        connection.execute(sa.text(f"SELECT pg_advisory_unlock({_LOCK})"), given)


def _remove_content(location: str, storage_options: Mapping[str, Any] | None) -> None:
    if "://" not in location:
        shutil.rmtree(location, ignore_errors=True)
        return
    from fsspec.core import url_to_fs  # noqa: PLC0415 - only for URLs

    system, path = url_to_fs(location, **(storage_options or {}))
    if system.exists(path):
        system.rm(path, recursive=True)
