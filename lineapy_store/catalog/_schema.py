"""The catalog's schema: made when missing, brought up to date when old, refused when newer.

A change of the tables is a new file in ``migrations/versions``, its revision appended to
`REVISIONS`, and the same change in `_tables`, from which new catalogs are made. A test compares
the two.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from lineapy_store.catalog._tables import METADATA
from lineapy_store.errors import ConfigurationError, CorruptArtifactError

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

MIGRATIONS = Path(__file__).parent / "migrations"
REVISIONS = ("0001", "0002", "0003", "0004")
VERSION_TABLE = "lineapy_store_schema"

# The table that Alembic keeps, under the names that Alembic gives it. Here, so that a catalog that
# is up to date is opened without importing Alembic. Not in METADATA, which Alembic compares with
# the tables other than its own.
_VERSION = sa.Table(
    VERSION_TABLE,
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name=f"{VERSION_TABLE}_pkc"),
)

# Any number that another program is unlikely to choose; the same in every version of the library.
_POSTGRESQL_LOCK = 6_125_981_437_000_001


def prepare(reader: Engine, writer: Engine, database: str) -> None:
    """Make sure that the tables are the ones that this version of the library knows.

    Args:
        reader: Whose transactions need not be able to write: enough if there is nothing to do.
        writer: Whose transactions begin as ones that write.
        database: Its URL without the password, for messages.

    Raises:
        ConfigurationError: The catalog was made by a newer version of the library.
        CorruptArtifactError: A migration would break references between the tables.
    """
    with reader.connect() as connection:
        if _revision(connection, database) == REVISIONS[-1]:
            return
    with writer.connect() as connection:
        connection.detach()  # closed afterwards, for it is not set up like the others
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            # A migration may have to rebuild a table, and with foreign keys on, dropping the old
            # one would delete what refers to it. Without effect inside a transaction.
            _driver_connection(connection).execute("PRAGMA foreign_keys = OFF")
        with connection.begin():
            if not is_sqlite:  # where beginning to write already excludes everyone else
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_POSTGRESQL_LOCK)))
            found = _revision(connection, database)
            if found is None:
                METADATA.create_all(connection, checkfirst=False)
                _VERSION.create(connection)
                connection.execute(_VERSION.insert().values(version_num=REVISIONS[-1]))
            elif found != REVISIONS[-1]:
                _migrate(connection, database)
            if is_sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first():
                raise CorruptArtifactError(
                    f"The catalog {database} holds rows that refer to missing ones, so it was "
                    "left at its old schema. Restore it from a backup."
                )


def _driver_connection(connection: Connection) -> Any:
    return connection.connection.dbapi_connection


def _revision(connection: Connection, database: str) -> str | None:
    """Return the schema that the catalog has; None when it has no tables yet."""
    if not sa.inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.scalar(sa.select(_VERSION.c.version_num))
    if found is None or found in REVISIONS:
        return found
    raise ConfigurationError(
        f"The catalog {database} has schema {found!r}, and this version of pytest-lineapy knows "
        f"schemas up to {REVISIONS[-1]!r}: a newer version has used it. Upgrade with "
        "'pip install --upgrade pytest-lineapy'."
    )


def _migrate(connection: Connection, database: str) -> None:
    # Only for an old catalog: importing Alembic takes longer than opening one.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    try:
        command.upgrade(config, REVISIONS[-1])
    except CommandError as error:
        raise CorruptArtifactError(
            f"The catalog {database} was left at its old schema, since it is damaged: {error}. "
            "Restore it from a backup."
        ) from error
