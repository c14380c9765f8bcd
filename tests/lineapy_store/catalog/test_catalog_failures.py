"""A database that cannot be used, or that was tampered with, is a clear error of the library's."""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import stat
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from lineapy_store.catalog import Catalog
from lineapy_store.errors import (
    BackendUnavailableError,
    ConfigurationError,
    CorruptArtifactError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lineapy_store.records import ArtifactRecord


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The file of a catalog in SQLite."""
    return tmp_path / "home" / "catalog.sqlite"


@pytest.fixture
def sqlite_catalog(path: Path, open_catalog: Callable[..., Catalog]) -> Catalog:
    """A catalog in SQLite that does not wait long."""
    return open_catalog(f"sqlite:///{path}", busy_timeout=0.05)


@pytest.fixture
def every_connection() -> Iterator[Callable[[str], None]]:
    """Runs a statement at the beginning of every connection that the test opens."""
    listeners: list[Callable[..., None]] = []

    def every_connection(statement: str) -> None:
        def run(connection: Any, _record: object) -> None:
            connection.execute(statement)

        listeners.append(run)
        sa.event.listen(sa.pool.Pool, "connect", run)

    yield every_connection
    for listener in listeners:
        sa.event.remove(sa.pool.Pool, "connect", listener)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "catalog.sqlite",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///file:catalog.sqlite?uri=true",
        "sqlite:///catalog.sqlite?mode=ro",
        "sqlite://host/catalog.sqlite",
        "sqlite+aiosqlite:///catalog.sqlite",
        "mysql://user:hunter2@host/database",
        "postgres://user:hunter2@host/database",
        "postgresql+psycopg2://user:hunter2@host/database",
        "postgresql://user:hunter2@host:port/database",
        "mysql://host/database?password=hunter2",
    ],
)
def test_a_url_that_cannot_be_used_is_refused_at_once(url: str) -> None:
    """The error names the option and shows what is accepted, but no password."""
    with pytest.raises(ConfigurationError, match=r"database_url.*sqlite:///") as raised:
        Catalog(url)
    assert "hunter2" not in str(raised.value)


def test_creating_a_catalog_touches_nothing(tmp_path: Path) -> None:
    """Neither the file nor its folder is made before the first use."""
    assert "catalog.sqlite" in repr(Catalog(f"sqlite:///{tmp_path}/home/catalog.sqlite"))
    assert list(tmp_path.iterdir()) == []


def test_the_path_of_a_catalog_does_not_follow_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_catalog: Callable[..., Catalog]
) -> None:
    """A relative path is one from where the catalog was created."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    catalog = open_catalog("sqlite:///catalog.sqlite")
    monkeypatch.chdir(tmp_path / "elsewhere")
    catalog.digests()
    assert (tmp_path / "catalog.sqlite").exists()


def test_a_new_file_and_folder_are_for_their_owner_only(
    sqlite_catalog: Catalog, path: Path, save: Callable[..., ArtifactRecord]
) -> None:
    """Files of a catalog have mode 0600 and its folder 0700."""
    save(sqlite_catalog, "a")
    modes = {stat.S_IMODE(each.stat().st_mode) for each in path.parent.iterdir()}
    assert modes == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_sqlite_syncs_every_change_that_a_power_cut_must_not_undo(
    sqlite_catalog: Catalog, path: Path, save: Callable[..., ArtifactRecord]
) -> None:
    """Commits and removals wait for the disk; a reservation need not outlive its save."""
    sqlite_catalog.digests()
    levels: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("PRAGMA synchronous"):
            levels.append(statement.rpartition(" ")[2])

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        record = save(sqlite_catalog, "a")
        sqlite_catalog.remove(record.artifact_id)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert levels == ["NORMAL", "FULL", "FULL"]
    assert path.with_name("catalog.sqlite-wal").exists()


def test_a_file_system_without_shared_memory_gets_no_write_ahead_log(
    sqlite_catalog: Catalog,
    save: Callable[..., ArtifactRecord],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """SQLite's dot-file locking stands for it: the catalog works, and a log line says so."""

    def connect(_dialect: object, _record: object, arguments: list[str], options: Any) -> Any:
        return sqlite3.connect(f"file:{arguments[0]}?vfs=unix-dotfile", uri=True, **options)

    sa.event.listen(sa.Engine, "do_connect", connect)
    try:
        with caplog.at_level(logging.INFO, "lineapy_store"):
            record = save(sqlite_catalog, "a")
            assert sqlite_catalog.find("a") == record
    finally:
        sa.event.remove(sa.Engine, "do_connect", connect)
        sqlite_catalog.dispose()
    assert "write-ahead log" in caplog.text


def test_a_catalog_locked_by_another_program_is_unavailable(
    sqlite_catalog: Catalog, path: Path, save: Callable[..., ArtifactRecord]
) -> None:
    """The error names the file; reading goes on, and nothing was changed."""
    record = save(sqlite_catalog, "a")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(BackendUnavailableError, match=r"catalog\.sqlite.*locked"):
            save(sqlite_catalog, "a")
        assert list(sqlite_catalog.records()) == [record]
    finally:
        other.close()
    assert save(sqlite_catalog, "a").version == 1


def test_a_catalog_locked_by_another_session_is_unavailable(
    postgres_url: str, open_catalog: Callable[..., Catalog], save: Callable[..., ArtifactRecord]
) -> None:
    """PostgreSQL is waited for as long as SQLite is."""
    psycopg = pytest.importorskip("psycopg")
    catalog = open_catalog(postgres_url, busy_timeout=0.05)
    save(catalog, "a")
    with psycopg.connect(postgres_url) as other:
        other.execute("LOCK TABLE lineapy_store_names")
        with pytest.raises(BackendUnavailableError, match="another session"):
            save(catalog, "a")
    assert [record.version for record in catalog.records()] == [0]


@pytest.mark.parametrize("damage", ["other", "truncated", "overwritten"])
def test_a_file_that_is_damaged_is_corrupt(
    sqlite_catalog: Catalog, path: Path, save: Callable[..., ArtifactRecord], damage: str
) -> None:
    """Whether it never was a database or no longer is one, the error names the file."""
    for name in "abc" * 20:
        save(sqlite_catalog, name)
    sqlite_catalog.dispose()
    content = path.read_bytes()
    if damage == "other":
        content = b"a letter to the editor" * 1000
    elif damage == "truncated":
        content = content[: len(content) // 2]
    else:
        content = content[:4096] + os.urandom(len(content) - 4096)
    path.write_bytes(content)
    with pytest.raises(CorruptArtifactError, match=r"catalog\.sqlite.*backup"):
        list(sqlite_catalog.records())


def test_an_empty_file_is_no_new_catalog(
    path: Path, open_catalog: Callable[..., Catalog], save: Callable[..., ArtifactRecord]
) -> None:
    """It is what is left of one; a new one is never empty, however early its maker dies."""
    path.parent.mkdir()
    path.touch()
    with pytest.raises(CorruptArtifactError, match=r"catalog\.sqlite.*empty.*backup"):
        open_catalog(f"sqlite:///{path}").find("a")
    path.unlink()
    assert save(open_catalog(f"sqlite:///{path}"), "a").version == 0


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="files have a name at once here")
def test_a_new_catalog_is_whole_at_once(
    tmp_path: Path, open_catalog: Callable[..., Catalog], save: Callable[..., ArtifactRecord]
) -> None:
    """Nobody ever finds an empty file, which would be a damaged catalog."""
    paths = [tmp_path / str(number) / "catalog.sqlite" for number in range(50)]
    sizes: list[int] = []

    def watch() -> None:
        for path in paths:
            while not path.exists():
                pass
            sizes.append(path.stat().st_size)

    watcher = threading.Thread(target=watch)
    watcher.start()
    for path in paths:
        assert save(open_catalog(f"sqlite:///{path}"), "a").version == 0
    watcher.join()
    assert min(sizes) > 0


def test_a_new_catalog_that_is_being_made_is_waited_for(
    path: Path,
    open_catalog: Callable[..., Catalog],
    save: Callable[..., ArtifactRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where files have a name at once, another process may find one before anything is in it."""
    path.parent.mkdir()
    path.touch()

    def made_meanwhile(_seconds: float) -> None:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("VACUUM")

    monkeypatch.setattr("time.sleep", made_meanwhile)
    assert save(open_catalog(f"sqlite:///{path}"), "a").version == 0


def test_a_new_catalog_that_cannot_be_written_leaves_no_file(
    path: Path, open_catalog: Callable[..., Catalog], save: Callable[..., ArtifactRecord]
) -> None:
    """As on a full disk; an empty file would be a damaged catalog when there is room again."""
    resource = pytest.importorskip("resource", reason="there are no limits on this system")
    path.parent.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))
    try:
        with pytest.raises(BackendUnavailableError, match="cannot be made"):
            open_catalog(f"sqlite:///{path}").find("a")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(path.parent.iterdir()) == []
    assert save(open_catalog(f"sqlite:///{path}"), "a").version == 0


def test_a_new_catalog_is_made_where_a_file_has_to_have_a_name_at_once(
    path: Path,
    open_catalog: Callable[..., Catalog],
    save: Callable[..., ArtifactRecord],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As on systems and file systems without links to files that have none."""

    def link(*_args: object, **_kwargs: object) -> None:
        raise NotImplementedError

    monkeypatch.setattr(os, "link", link)
    assert save(open_catalog(f"sqlite:///{path}"), "a").version == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_missing_tables_are_corrupt(
    catalog: Catalog, database_url: str, save: Callable[..., ArtifactRecord]
) -> None:
    """Someone dropped a table, and the error says that the tables are not as they were."""
    save(catalog, "a")
    engine = sa.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE lineapy_store_reservations"))
    engine.dispose()
    with pytest.raises(CorruptArtifactError, match=r"tables.*lineapy_store_reservations"):
        catalog.reservations()


def test_a_full_disk_is_unavailable(
    sqlite_catalog: Catalog,
    save: Callable[..., ArtifactRecord],
    every_connection: Callable[[str], None],
) -> None:
    """The save fails, and what was there stays."""
    record = save(sqlite_catalog, "a")
    sqlite_catalog.dispose()
    every_connection("PRAGMA max_page_count = 1")
    with pytest.raises(BackendUnavailableError, match=r"catalog\.sqlite.*disk is full"):
        save(sqlite_catalog, "a", reason="long" * 10000)
    assert [each.version for each in sqlite_catalog.records()] == [0]
    assert sqlite_catalog.find("a") == record


def test_a_catalog_that_may_not_be_written_can_still_be_read(
    sqlite_catalog: Catalog,
    save: Callable[..., ArtifactRecord],
    every_connection: Callable[[str], None],
) -> None:
    """Reading works, and the error of a save says what to change."""
    record = save(sqlite_catalog, "a")
    sqlite_catalog.dispose()
    every_connection("PRAGMA query_only = ON")  # SQLite's error is that of a read-only file
    with pytest.raises(BackendUnavailableError, match=r"catalog\.sqlite.*permissions.*home_dir"):
        save(sqlite_catalog, "a")
    assert sqlite_catalog.find("a") == record


def test_a_folder_that_cannot_be_made_is_unavailable(
    tmp_path: Path, open_catalog: Callable[..., Catalog]
) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "home").write_text("")
    with pytest.raises(BackendUnavailableError, match=r"home/catalog\.sqlite.*home_dir"):
        open_catalog(f"sqlite:///{tmp_path}/home/catalog.sqlite").find("a")


def test_a_folder_in_place_of_the_file_is_unavailable(path: Path, sqlite_catalog: Catalog) -> None:
    """SQLite cannot open it, and the error says what to check."""
    path.mkdir(parents=True)
    with pytest.raises(BackendUnavailableError, match=r"catalog\.sqlite.*cannot be opened"):
        sqlite_catalog.find("a")


def test_a_server_that_is_down_is_unavailable(
    open_catalog: Callable[..., Catalog], tmp_path: Path
) -> None:
    """The error names the URL without its password."""
    pytest.importorskip("psycopg", reason="the driver for PostgreSQL is not installed")
    catalog = open_catalog(f"postgresql://user:hunter2@/none?host={tmp_path}&sslpassword=hunter3")
    with pytest.raises(BackendUnavailableError, match=r"postgresql://user:\*\*\*@") as raised:
        catalog.find("a")
    assert "hunter" not in str(raised.value)


def test_a_connection_that_the_server_closed_is_replaced(
    postgres_url: str, open_catalog: Callable[..., Catalog], save: Callable[..., ArtifactRecord]
) -> None:
    """A server that was restarted since the last use is no reason to fail."""
    psycopg = pytest.importorskip("psycopg")
    catalog = open_catalog(postgres_url)
    record = save(catalog, "a")
    with psycopg.connect(postgres_url) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert catalog.find("a") == record


def test_without_its_driver_postgresql_is_unavailable(
    monkeypatch: pytest.MonkeyPatch, open_catalog: Callable[..., Catalog]
) -> None:
    """The error says what to install."""
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BackendUnavailableError, match=r"pip install 'pytest-lineapy\[postgres\]'"):
        open_catalog("postgresql://host/database").find("a")


@pytest.mark.parametrize("name", ["nul \0", "surrogate \ud800"])
def test_a_name_that_no_catalog_can_hold_is_no_error_of_the_driver(
    catalog: Catalog, name: str
) -> None:
    """It is not found, or refused, and never a TypeError or an error of SQLAlchemy's."""
    with pytest.raises((ConfigurationError, LookupError)):
        catalog.find(name)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("environment", "{"),
        ("environment", "[]"),
        ("log_model_arguments", "null"),
        ("mlflow", "1"),
        ("mlflow", "[" * 100_000),
        ("artifact_id", "../../secret"),
        ("digest", "../../secret"),
        ("size", -1),
    ],
)
def test_a_row_that_was_tampered_with_is_corrupt(
    catalog: Catalog,
    database_url: str,
    save: Callable[..., ArtifactRecord],
    column: str,
    value: object,
) -> None:
    """The error names the artifact and the column, and other versions can still be read."""
    good = save(catalog, "churn")
    save(catalog, "churn")
    tamper(database_url, column, value)
    with pytest.raises(CorruptArtifactError, match=rf"'churn' version 1 .*{column}"):
        catalog.find("churn")
    with pytest.raises(CorruptArtifactError, match=rf"'churn' version 1 .*{column}"):
        list(catalog.records())
    assert catalog.find("churn", 0) == good


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("date_created", "yesterday"),
        ("date_created", "2024-05-17T12:00:00"),
        ("date_created", 7),
        ("size", "large"),
        ("reason", b"\xff\x00"),
        ("signature", b""),
    ],
)
def test_sqlite_may_hold_any_type_in_any_column(
    sqlite_catalog: Catalog,
    path: Path,
    save: Callable[..., ArtifactRecord],
    column: str,
    value: object,
) -> None:
    """A value that PostgreSQL would refuse is found when it is read."""
    save(sqlite_catalog, "other")
    save(sqlite_catalog, "churn")
    save(sqlite_catalog, "churn")
    tamper(f"sqlite:///{path}", column, value)
    with pytest.raises(CorruptArtifactError, match=rf"'churn' version 1 .*{column}"):
        sqlite_catalog.find("churn")


def tamper(url: str, column: str, value: object) -> None:
    """Write a value into the row of version 1."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        table = sa.table("lineapy_store_artifacts", sa.column("version"), sa.column(column))
        connection.execute(table.update().where(table.c.version == 1).values({column: value}))
    engine.dispose()
