"""Where in MLflow a save may have left something: a column of reservations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the column."""
    op.add_column("lineapy_store_reservations", sa.Column("mlflow", sa.Text))
