"""Alembic's scripts: how a catalog made by an older version becomes one of this version."""
