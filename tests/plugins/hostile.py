"""What somebody who may write to a store's files could put there."""

from __future__ import annotations

import contextlib
import pickle
import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from lineapy_store.catalog import _rows
from lineapy_store.catalog._tables import ARTIFACTS
from lineapy_store.content import container
from lineapy_store.content.codec import Encoded

if TYPE_CHECKING:
    from pathlib import Path


class Writes:
    """A value whose pickle writes a file when it is loaded."""

    def __init__(self, target: Path) -> None:
        self._target = str(target)

    def __reduce__(self) -> tuple[Any, ...]:
        """What loading it runs."""
        return open, (self._target, "w")


def file_of(value: object) -> tuple[bytes, str]:
    """A file as the store would have written it for a value, and its digest."""
    stream = pickle.dumps(value, protocol=5)
    data, lock = bytearray(), threading.Lock()

    def put(piece: memoryview, offset: int) -> None:
        with lock:  # called from several threads
            data.extend(bytes(max(0, offset + len(piece) - len(data))))
            data[offset : offset + len(piece)] = piece

    digest, _ = container.write(Encoded(memoryview(stream), ()), put)
    return bytes(data), digest


def plant(home: Path, value: object) -> str:
    """Put a value's file among the content of a store; return its digest."""
    data, digest = file_of(value)
    (content,) = (home / "content").iterdir()
    folder = content / digest[:2]
    folder.mkdir(exist_ok=True)
    (folder / digest).write_bytes(data)
    return digest


def forge(home: Path, name: str, version: int, /, **columns: Any) -> None:
    """Change columns of a version's row in a catalog on SQLite, and its checksum with them."""
    with contextlib.closing(sqlite3.connect(home / "catalog.sqlite")) as connection:
        changes = ", ".join(f"{column} = ?" for column in columns)
        connection.execute(
            f"UPDATE {ARTIFACTS.name} SET {changes} WHERE name = ? AND version = ?",  # noqa: S608 - ours
            (*columns.values(), name, version),
        )
        connection.commit()
    which = (ARTIFACTS.c.name == columns.get("name", name)) & (
        ARTIFACTS.c.version == columns.get("version", version)
    )
    engine = sa.create_engine(f"sqlite:///{home / 'catalog.sqlite'}")
    with engine.begin() as connection:
        row = connection.execute(sa.select(ARTIFACTS).where(which)).one()._asdict()
        del row["checksum"]
        checksum = _rows._checksum(row)  # noqa: SLF001 - anybody could compute it
        connection.execute(ARTIFACTS.update().where(which).values(checksum=checksum))
    engine.dispose()
