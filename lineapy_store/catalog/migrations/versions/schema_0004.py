"""When the process of a reservation began, and checksums of rows: two columns."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the columns."""
    op.add_column("lineapy_store_reservations", sa.Column("since", sa.Text))
    op.add_column("lineapy_store_artifacts", sa.Column("checksum", sa.Text))
