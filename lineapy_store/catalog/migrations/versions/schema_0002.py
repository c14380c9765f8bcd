"""The code that versions were saved by: a column of artifacts, texts, and which has which."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the column and create the tables."""
    op.add_column("lineapy_store_artifacts", sa.Column("code", sa.Text))
    op.create_table(
        "lineapy_store_sources",
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_lineapy_store_sources"),
    )
    op.create_table(
        "lineapy_store_artifact_sources",
        sa.Column("artifact_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("artifact_id", "digest", name="pk_lineapy_store_artifact_sources"),
        sa.ForeignKeyConstraint(
            ["artifact_id"],
            ["lineapy_store_artifacts.artifact_id"],
            name="fk_lineapy_store_artifact_sources_lineapy_store_artifacts",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["digest"],
            ["lineapy_store_sources.digest"],
            name="fk_lineapy_store_artifact_sources_lineapy_store_sources",
        ),
    )
    op.create_index(
        "ix_lineapy_store_artifact_sources_digest", "lineapy_store_artifact_sources", ["digest"]
    )
