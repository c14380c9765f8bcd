"""Files of any content, read by a process of its own whose memory is limited.

As a script: what to fuzz, a folder, a seed and a number of rounds; prints what was unexpected.
"""

from __future__ import annotations

import contextlib
import functools
import json
import random
import resource
import sqlite3
import struct
import sys
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from blake3 import blake3

from lineapy_store import Store
from lineapy_store.catalog import Catalog, _schema
from lineapy_store.content import ContentStore, encode
from lineapy_store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

MEMORY = 96 << 20
"""Bytes that the process may take beyond what it has at first; the files have some 20 KB."""

TIMES = 3
"""So many times a value's size, and 64 KiB, may be taken by what Python holds while it is read."""

_SECONDS = 30.0
_NUMBERS = (0, 1, 7, 64, 4095, 4096, 1 << 20, 1 << 31, (1 << 32) - 1, 1 << 40, (1 << 64) - 1)


def _unexpected(use: Callable[[], object], size: int | None = None) -> str | None:
    """What happened that is neither success nor an error of the library's, within its time.

    Args:
        use: What to do.
        size: Bytes of the file, if that is a bound of the memory that Python takes.
    """
    tracemalloc.reset_peak()
    before, started = tracemalloc.get_traced_memory()[0], time.monotonic()
    try:
        use()
    except StoreError:
        pass
    except Exception as error:  # noqa: BLE001 - to be told
        return repr(error)
    seconds = time.monotonic() - started
    if seconds > _SECONDS:
        return f"took {seconds:.0f} s"
    taken = tracemalloc.get_traced_memory()[1] - before
    if size is not None and taken > TIMES * size + (64 << 10):
        return f"took {taken} bytes of memory for a file of {size}"
    return None


def _lying_file(choose: random.Random, valid: bytes) -> tuple[bytes, str]:
    """A file with an index that lies, and the digest that such an index has."""
    size = int.from_bytes(valid[-16:-8], "little")
    body, index = bytearray(valid[: -16 - size]), bytearray(valid[-16 - size : -16])
    for _ in range(choose.randint(1, 4)):
        change = choose.randrange(4)
        if change == 0:
            struct.pack_into("<I", index, 4, choose.choice(_NUMBERS) & 0xFFFFFFFF)
        elif change == 1:
            struct.pack_into("<Q", index, choose.choice((8, 16)), choose.choice(_NUMBERS))
        elif change == 2:
            index[choose.randrange(len(index))] = choose.randrange(256)
        else:
            part = choose.choice((body, index))
            at = choose.randrange(24, len(part) + 1)
            part[at : at + choose.randrange(64)] = choose.randbytes(choose.randrange(64))
    claimed = choose.choice((len(index),) * 8 + _NUMBERS)
    return bytes(body + index + struct.pack("<Q8s", claimed, b"lineapy\0")), blake3(
        index
    ).hexdigest()


def values(folder: Path, choose: random.Random, rounds: int) -> list[str]:
    """Read files that lie about what is in them."""
    store = ContentStore(str(folder))
    encoded = encode({"weights": bytearray(range(256)) * 64, "name": "clf"})
    path = Path(store.publish(store.stage(encoded, key="0" * 32)))
    valid, found = path.read_bytes(), []
    tracemalloc.start()
    for _ in range(rounds):
        data, digest = _lying_file(choose, valid)
        target = folder / digest[:2] / digest
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
        reads = store.verify, store.load, functools.partial(store.load, mmap_mode="r")
        found += [_unexpected(functools.partial(read, digest), len(data)) for read in reads]
        target.unlink()
    tracemalloc.stop()
    return [each for each in found if each]


def _old_catalog(path: Path, revision: str) -> None:
    """Make a catalog of an old schema."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(_schema.MIGRATIONS).replace("%", "%%"))
        command.upgrade(config, revision)
    engine.dispose()


def _damaged_catalog(choose: random.Random, valid: bytes) -> bytes:
    data = bytearray(valid)
    for _ in range(choose.randint(1, 12)):
        change, at = choose.randrange(4), choose.randrange(len(data))
        if change == 0:
            del data[at:]
            data = data or bytearray(1)
        elif change == 1:
            data[at : at + 64] = choose.randbytes(64)
        elif change == 2:
            data[choose.randrange(min(200, len(data)))] = choose.randrange(256)
        else:
            data[at] = choose.randrange(256)
    return bytes(data)


def catalogs(folder: Path, choose: random.Random, rounds: int) -> list[str]:
    """Open catalogs of every schema that are damaged, which migrates them."""
    originals = []
    for revision in _schema.REVISIONS:
        path = folder / f"{revision}.sqlite"
        _old_catalog(path, revision)
        originals.append(path.read_bytes())
    with Store(home_dir=folder / "home") as store:
        for number in range(20):
            store.save(number, f"name {number % 3}")
    originals.append((folder / "home" / "catalog.sqlite").read_bytes())

    def use(path: Path) -> None:
        catalog = Catalog(f"sqlite:///{path}", busy_timeout=1.0)
        with contextlib.closing(contextlib.ExitStack()) as afterwards:
            afterwards.callback(catalog.dispose)
            for ask in (lambda: catalog.id, catalog.count, lambda: list(catalog.records())):
                ask()

    found = []
    for number in range(rounds):
        path = folder / f"damaged-{number}.sqlite"
        path.write_bytes(_damaged_catalog(choose, choose.choice(originals)))
        found.append(_unexpected(functools.partial(use, path)))
        for left in folder.glob(f"{path.name}*"):
            left.unlink()
    return [each for each in found if each]


def _used() -> int:
    """Bytes of address space that the process has."""
    return (
        int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
        * resource.getpagesize()
    )


if __name__ == "__main__":
    what, where, seed, count = sys.argv[1:]
    sqlite3.connect(":memory:").close()
    fuzz = {"values": values, "catalogs": catalogs}[what]
    (Path(where) / "warm-up").mkdir()
    fuzz(Path(where) / "warm-up", random.Random(0), 3)  # noqa: S311 - to be repeated
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (_used() + MEMORY, resource.RLIM_INFINITY))
    print(json.dumps(fuzz(Path(where), random.Random(seed), int(count))))  # noqa: S311, T201 - as above
