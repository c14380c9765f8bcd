"""Run by Alembic: migrates over the connection, and within the transaction, that it is given."""

from __future__ import annotations

from alembic import context

from lineapy_store.catalog._schema import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
