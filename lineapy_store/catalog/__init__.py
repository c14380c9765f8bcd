"""Names, versions and aliases: what is stored, where, and since when.

The catalog is a set of tables in SQLite or PostgreSQL. It holds no values: those are with the
backends, and the catalog says which backend has which.
"""

from __future__ import annotations

from lineapy_store.catalog._catalog import Catalog, Filters

__all__ = ["Catalog", "Filters"]
