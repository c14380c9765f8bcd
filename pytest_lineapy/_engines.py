"""Databases of tests, made quick for MLflow: each is opened, written to a little, and removed."""

from __future__ import annotations

import contextlib
import functools
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, MutableMapping
    from sqlite3 import Connection

    from sqlalchemy.engine import Dialect, Engine

_STATEMENTS = 1000  # twice what SQLAlchemy keeps for one engine


@contextlib.contextmanager
def quick_engines(uri: str) -> Iterator[None]:
    """Have MLflow open a database that need not survive a power cut, and that it opened before.

    - Nothing waits for the disk.
    - What SQLAlchemy has compiled for one such database, it knows for the others.
    - MLflow asks its migration scripts which schema is the newest once, and not for each database:
      that is three quarters of what opening costs.

    Args:
        uri: Of the database, as it will be given to MLflow.
    """
    from mlflow.store.db import utils  # noqa: PLC0415 - seconds

    make = utils.create_sqlalchemy_engine

    def make_quick(db_uri: str) -> Engine:
        engine: Engine = make(db_uri)
        if db_uri == uri:
            _make_quick(engine)
        return engine

    with contextlib.ExitStack() as afterwards:
        afterwards.callback(setattr, utils, "create_sqlalchemy_engine", make)
        utils.create_sqlalchemy_engine = make_quick
        newest = _newest_revision()
        if newest is not None:
            name = "_get_latest_schema_revision"
            afterwards.callback(setattr, utils, name, getattr(utils, name))
            setattr(utils, name, lambda: newest)
        yield


def _make_quick(engine: Engine) -> None:
    import sqlalchemy as sa  # noqa: PLC0415 - the plugin is loaded without it

    sa.event.listen(engine, "connect", _do_not_sync)
    engine.connect().close()  # the dialect learns what it has to know
    dialect, statements = _shared()
    if not dialect:
        dialect.append(engine.dialect)
    # Compiled statements are found by their dialect, too.
    engine.dialect = dialect[0]
    engine.update_execution_options(compiled_cache=statements)


def _do_not_sync(connection: Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


@functools.cache
def _shared() -> tuple[list[Dialect], MutableMapping[Any, Any]]:
    from sqlalchemy.util import LRUCache  # noqa: PLC0415 - as above

    return [], LRUCache(_STATEMENTS)


@functools.cache
def _newest_revision() -> str | None:
    """Return MLflow's newest schema; None for a version of MLflow that says it in another way."""
    from mlflow.store.db import utils  # noqa: PLC0415 - seconds

    ask = getattr(utils, "_get_latest_schema_revision", None)
    return None if ask is None else str(ask())
