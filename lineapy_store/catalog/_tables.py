"""The tables, as the newest migration leaves them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine


class Instant(sa.types.TypeDecorator[Any]):
    """A moment in UTC: ``timestamptz`` in PostgreSQL, ISO 8601 text in SQLite.

    Text of one length sorts as the moments do. What is read is handed on as the driver gave it:
    `_rows` checks and converts every column in one place.
    """

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the column type of this database."""
        plain = sa.Text() if dialect.name == "sqlite" else sa.DateTime(timezone=True)
        return dialect.type_descriptor(plain)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Return ``value``, which has a time zone, as this database keeps it."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.isoformat(timespec="microseconds") if dialect.name == "sqlite" else value


# Names sort by their bytes in SQLite. PostgreSQL does the same with the collation "C", whatever
# the locale of the database.
NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

METADATA = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

# One row: which catalog this is.
CATALOG = sa.Table(
    "lineapy_store_catalog",
    METADATA,
    sa.Column("key", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("catalog_id", sa.Text, nullable=False),
)

# A name stays when its last version goes, so that its counter does.
NAMES = sa.Table(
    "lineapy_store_names",
    METADATA,
    sa.Column("name", NAME, primary_key=True),
    sa.Column("next_version", sa.Integer, nullable=False),
)

# One column for each field of ArtifactRecord, under the same name, and a checksum over them.
ARTIFACTS = sa.Table(
    "lineapy_store_artifacts",
    METADATA,
    sa.Column("artifact_id", sa.Text, nullable=False, unique=True),
    sa.Column("name", NAME, sa.ForeignKey(NAMES.c.name), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("date_created", Instant, nullable=False),
    sa.Column("storage_backend", sa.Text, nullable=False),
    sa.Column("storage_path", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("requested_backend", sa.Text),
    sa.Column("value_type", sa.Text, nullable=False),
    sa.Column("digest", sa.Text, nullable=False, index=True),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("session_id", sa.Text, nullable=False),
    sa.Column("python_version", sa.Text, nullable=False),
    sa.Column("environment", sa.Text, nullable=False),
    sa.Column("log_model_arguments", sa.Text, nullable=False),
    sa.Column("mlflow", sa.Text),
    sa.Column("signature", sa.Text),
    sa.Column("code", sa.Text),
    sa.Column("checksum", sa.Text),
)

# What versions were saved by: scripts, cells, and documents that say where in them. Each is there
# once, by the SHA-256 of its UTF-8.
SOURCES = sa.Table(
    "lineapy_store_sources",
    METADATA,
    sa.Column("digest", sa.Text, primary_key=True),
    sa.Column("text", sa.Text, nullable=False),
)

ARTIFACT_SOURCES = sa.Table(
    "lineapy_store_artifact_sources",
    METADATA,
    sa.Column(
        "artifact_id",
        sa.Text,
        sa.ForeignKey(ARTIFACTS.c.artifact_id, ondelete="CASCADE"),
        primary_key=True,
    ),
    # Looked up by digest when a version is removed.
    sa.Column("digest", sa.Text, sa.ForeignKey(SOURCES.c.digest), primary_key=True, index=True),
)

ALIASES = sa.Table(
    "lineapy_store_aliases",
    METADATA,
    sa.Column("name", NAME, primary_key=True),
    sa.Column("alias", NAME, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(
        ["name", "version"], [ARTIFACTS.c.name, ARTIFACTS.c.version], ondelete="CASCADE"
    ),
    # Without it, removing a version would read every alias.
    sa.Index(None, "name", "version"),
)

# One column for each field of Reservation, under the same name.
RESERVATIONS = sa.Table(
    "lineapy_store_reservations",
    METADATA,
    sa.Column("artifact_id", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text, index=True),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.BigInteger, nullable=False),
    sa.Column("date_created", Instant, nullable=False),
    sa.Column("mlflow", sa.Text),
    sa.Column("since", sa.Text),
)
