"""The first schema: the catalog's id, names, artifacts, aliases and reservations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_NAME = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
_INSTANT = sa.DateTime(timezone=True).with_variant(sa.Text(), "sqlite")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "lineapy_store_catalog",
        sa.Column("key", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("catalog_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_lineapy_store_catalog"),
    )
    op.create_table(
        "lineapy_store_names",
        sa.Column("name", _NAME, nullable=False),
        sa.Column("next_version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lineapy_store_names"),
    )
    op.create_table(
        "lineapy_store_artifacts",
        sa.Column("artifact_id", sa.Text, nullable=False),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("date_created", _INSTANT, nullable=False),
        sa.Column("storage_backend", sa.Text, nullable=False),
        sa.Column("storage_path", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("requested_backend", sa.Text),
        sa.Column("value_type", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("session_id", sa.Text, nullable=False),
        sa.Column("python_version", sa.Text, nullable=False),
        sa.Column("environment", sa.Text, nullable=False),
        sa.Column("log_model_arguments", sa.Text, nullable=False),
        sa.Column("mlflow", sa.Text),
        sa.Column("signature", sa.Text),
        sa.PrimaryKeyConstraint("name", "version", name="pk_lineapy_store_artifacts"),
        sa.UniqueConstraint("artifact_id", name="uq_lineapy_store_artifacts_artifact_id"),
        sa.ForeignKeyConstraint(
            ["name"],
            ["lineapy_store_names.name"],
            name="fk_lineapy_store_artifacts_lineapy_store_names",
        ),
    )
    op.create_index("ix_lineapy_store_artifacts_digest", "lineapy_store_artifacts", ["digest"])
    op.create_table(
        "lineapy_store_aliases",
        sa.Column("name", _NAME, nullable=False),
        sa.Column("alias", _NAME, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", "alias", name="pk_lineapy_store_aliases"),
        sa.ForeignKeyConstraint(
            ["name", "version"],
            ["lineapy_store_artifacts.name", "lineapy_store_artifacts.version"],
            name="fk_lineapy_store_aliases_lineapy_store_artifacts",
            ondelete="CASCADE",
        ),
    )
    op.create_index(
        "ix_lineapy_store_aliases_name_version", "lineapy_store_aliases", ["name", "version"]
    )
    op.create_table(
        "lineapy_store_reservations",
        sa.Column("artifact_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("pid", sa.BigInteger, nullable=False),
        sa.Column("date_created", _INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("artifact_id", name="pk_lineapy_store_reservations"),
    )
    op.create_index(
        "ix_lineapy_store_reservations_digest", "lineapy_store_reservations", ["digest"]
    )
