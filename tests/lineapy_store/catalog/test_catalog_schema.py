"""Old catalogs open, newer ones are refused, and the migrations lead to the tables in the code."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from lineapy_store.catalog import _schema
from lineapy_store.catalog._tables import METADATA
from lineapy_store.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lineapy_store.catalog import Catalog
    from lineapy_store.records import ArtifactRecord

VERSION = sa.table(_schema.VERSION_TABLE, sa.column("version_num"))

# Rebuilds, in SQLite, the table that others refer to, which is what loses rows when done wrong.
NEXT_MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "9999"
down_revision = "{before}"


def upgrade():
    recreate = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("lineapy_store_artifacts", recreate=recreate) as table:
        table.add_column(sa.Column("colour", sa.Text, server_default="blue"))
    {more}
"""


@contextmanager
def connected(url: str) -> Iterator[sa.Connection]:
    """Give a plain connection to a catalog's database."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


@pytest.fixture
def upgrade_library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes this library one that has a further migration."""

    def upgrade_library(more: str = "pass") -> None:
        folder = tmp_path / "50% migrations"
        shutil.copytree(_schema.MIGRATIONS, folder)
        script = NEXT_MIGRATION.format(before=_schema.REVISIONS[-1], more=more)
        (folder / "versions" / "schema_9999.py").write_text(script)
        monkeypatch.setattr(_schema, "MIGRATIONS", folder)
        monkeypatch.setattr(_schema, "REVISIONS", (*_schema.REVISIONS, "9999"))

    return upgrade_library


def columns_of(url: str) -> dict[str, Any]:
    """Return the revision, and the columns of the table of artifacts."""
    with connected(url) as connection:
        revision = connection.scalar(sa.select(VERSION.c.version_num))
        columns = sa.inspect(connection).get_columns("lineapy_store_artifacts")
    return {"revision": revision, "columns": [column["name"] for column in columns]}


def test_an_old_catalog_is_migrated_when_it_is_opened(
    database_url: str,
    open_catalog: Callable[..., Catalog],
    save: Callable[..., ArtifactRecord],
    upgrade_library: Callable[..., None],
) -> None:
    """Versions, aliases and counters are the same after the migration as before it."""
    old = open_catalog(database_url)
    saved = [save(old, "a"), save(old, "a"), save(old, "b")]
    old.set_alias("a", "prod", 0)
    old.remove(saved.pop(1).artifact_id)
    old.dispose()
    upgrade_library()
    new = open_catalog(database_url)
    assert list(new.records()) == saved
    assert new.aliases("a") == {"prod": 0}
    assert columns_of(database_url)["revision"] == "9999"
    assert "colour" in columns_of(database_url)["columns"]
    assert save(new, "a").version == 2
    new.remove(saved[0].artifact_id)
    assert new.aliases("a") == {}


def test_several_that_open_an_old_catalog_at_once_migrate_it_once(
    database_url: str,
    open_catalog: Callable[..., Catalog],
    save: Callable[..., ArtifactRecord],
    upgrade_library: Callable[..., None],
) -> None:
    """Each waits for the one that migrates, and then finds it done."""
    old = open_catalog(database_url)
    record = save(old, "a")
    old.dispose()
    upgrade_library()
    found: list[ArtifactRecord] = []
    barrier = threading.Barrier(4)

    def find(catalog: Catalog) -> None:
        barrier.wait()
        found.append(catalog.find("a"))

    threads = [threading.Thread(target=find, args=[open_catalog(database_url)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [record] * 4


def test_a_migration_that_fails_changes_nothing(
    database_url: str,
    open_catalog: Callable[..., Catalog],
    save: Callable[..., ArtifactRecord],
    upgrade_library: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The catalog stays as it was, and the older version still opens it."""
    old = open_catalog(database_url)
    record = save(old, "a")
    old.dispose()
    before = columns_of(database_url)
    with monkeypatch.context():
        upgrade_library(more='op.execute("SELECT * FROM nowhere")')
        with pytest.raises(StoreError, match="nowhere"):
            open_catalog(database_url).find("a")
        monkeypatch.undo()
    assert columns_of(database_url) == before
    assert open_catalog(database_url).find("a") == record


def test_a_newer_catalog_is_refused(
    database_url: str, open_catalog: Callable[..., Catalog], save: Callable[..., ArtifactRecord]
) -> None:
    """The error says which schema it has, which is known, and to upgrade; nothing is changed."""
    catalog = open_catalog(database_url)
    record = save(catalog, "a")
    catalog.dispose()
    with connected(database_url) as connection:
        connection.execute(VERSION.update().values(version_num="0777"))
    with pytest.raises(ConfigurationError, match=r"'0777'.*'0004'.*pip install --upgrade"):
        catalog.find("a")
    with connected(database_url) as connection:
        connection.execute(VERSION.update().values(version_num="0004"))
    assert catalog.find("a") == record


def test_the_migrations_lead_to_the_tables_in_the_code(database_url: str, tmp_path: Path) -> None:
    """A catalog migrated from nothing has what one made at once has, as Alembic compares them."""
    (tmp_path / "home").mkdir()
    with connected(database_url) as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(_schema.MIGRATIONS))
        command.upgrade(config, "head")
        context = MigrationContext.configure(
            connection,
            opts={"version_table": _schema.VERSION_TABLE, "compare_server_default": True},
        )
        assert context.get_current_revision() == _schema.REVISIONS[-1]
        assert compare_metadata(context, METADATA) == []
        migrated = described(connection)
        METADATA.drop_all(connection)
        METADATA.create_all(connection)
        assert described(connection) == migrated


def described(connection: sa.Connection) -> dict[str, Any]:
    """Return keys, foreign keys and indexes: what Alembic does not compare in full."""
    inspector = sa.inspect(connection)
    return {
        table: [
            inspector.get_pk_constraint(table)["constrained_columns"],
            sorted(inspector.get_foreign_keys(table), key=str),
            sorted(inspector.get_unique_constraints(table), key=str),
            sorted(inspector.get_indexes(table), key=str),
            [{**column, "type": repr(column["type"])} for column in inspector.get_columns(table)],
        ]
        for table in METADATA.tables
    }


def test_every_migration_is_known_to_the_code() -> None:
    """The list by which a catalog is opened without Alembic is Alembic's own, in order."""
    walked = ScriptDirectory(str(_schema.MIGRATIONS)).walk_revisions()
    assert tuple(script.revision for script in walked)[::-1] == _schema.REVISIONS


def test_other_tables_of_the_database_are_left_alone(
    database_url: str,
    tmp_path: Path,
    open_catalog: Callable[..., Catalog],
    save: Callable[..., ArtifactRecord],
) -> None:
    """A database may hold another program's tables, LineaPy's among them."""
    (tmp_path / "home").mkdir()
    with connected(database_url) as connection:
        connection.execute(sa.text("CREATE TABLE artifact (name TEXT)"))
        connection.execute(sa.text("CREATE TABLE alembic_version (version_num TEXT)"))
        connection.execute(sa.text("INSERT INTO alembic_version VALUES ('theirs')"))
    save(open_catalog(database_url), "a")
    with connected(database_url) as connection:
        tables = set(sa.inspect(connection).get_table_names())
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "theirs"
    mine = {*METADATA.tables, _schema.VERSION_TABLE}
    assert tables == mine | {"artifact", "alembic_version"}
    assert all(table.startswith("lineapy_store_") for table in mine)


def test_a_catalog_that_is_up_to_date_is_opened_without_alembic(tmp_path: Path) -> None:
    """Importing Alembic would take longer than everything else; making one needs it neither."""
    code = (
        "import sys; from lineapy_store.catalog import Catalog\n"
        f"for _ in range(2): Catalog({f'sqlite:///{tmp_path}/c.sqlite'!r}).digests()\n"
        "assert 'alembic' not in sys.modules"
    )
    subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-c", code], check=True, timeout=60
    )
