"""One catalog, several processes and threads at once."""

from __future__ import annotations

import dataclasses
import multiprocessing
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lineapy_store.catalog import Catalog
    from lineapy_store.records import ArtifactRecord, Reservation

SAVER = """
import sys, uuid
from datetime import datetime, timezone
from lineapy_store.catalog import Catalog
from lineapy_store.records import ArtifactRecord, Reservation

catalog = Catalog(sys.argv[1], busy_timeout=60)
print("ready", flush=True)
sys.stdin.readline()
for _ in range(int(sys.argv[2])):
    identity, now = uuid.uuid4().hex, datetime.now(timezone.utc)
    catalog.reserve(
        Reservation(artifact_id=identity, digest="ab", host="h", pid=1, date_created=now)
    )
    record = catalog.commit(
        ArtifactRecord(
            artifact_id=identity, name="churn", version=-1, date_created=now,
            storage_backend="lineapy", storage_path="", reason="", requested_backend=None,
            value_type="", digest="ab", size=0, session_id="", python_version="",
            environment={}, log_model_arguments={},
        ),
        sign=lambda unsigned: str(unsigned.version),
    )
    print(record.version, flush=True)
catalog.dispose()
"""


def test_eight_processes_that_save_one_name_get_each_version_once(
    catalog: Catalog, database_url: str
) -> None:
    """The catalog, which none of them finds made, ends with the versions 0 to n - 1, signed."""
    command = [sys.executable, "-W", "error", "-c", SAVER, database_url, "10"]
    pipe = subprocess.PIPE
    processes = [
        subprocess.Popen(  # noqa: S603 - the code above
            command, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
        for _ in range(8)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n", process.communicate()
    results = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        output, errors = process.communicate(timeout=120)
        assert errors == ""
        results += [int(line) for line in output.split()]
    assert sorted(results) == list(range(80))
    records = list(catalog.records())
    assert [record.version for record in records] == list(range(80))
    assert all(record.signature == str(record.version) for record in records)


def test_threads_share_a_catalog(catalog: Catalog, save: Callable[..., ArtifactRecord]) -> None:
    """Eight threads that save and find at once get each version once."""

    def work(_: int) -> int:
        record = save(catalog, "churn")
        assert catalog.find("churn", record.version) == record
        return record.version

    with ThreadPoolExecutor(8) as pool:
        versions = list(pool.map(work, range(80)))
    assert sorted(versions) == list(range(80))


def test_a_collection_holds_off_saves_of_the_same_content(
    catalog: Catalog,
    database_url: str,
    open_catalog: Callable[..., Catalog],
    new_record: Callable[..., ArtifactRecord],
    reservation_of: Callable[[ArtifactRecord], Reservation],
) -> None:
    """A reservation made while content is removed is granted only when that is over."""
    events = []
    reservation = reservation_of(new_record("a"))
    assert reservation.digest is not None
    other = open_catalog(database_url)
    other.digests()

    def reserve() -> None:
        other.reserve(reservation)
        events.append("reserved")

    saver = threading.Thread(target=reserve)

    def unlink() -> None:
        saver.start()
        saver.join(0.3)  # it must not end in this time
        events.append("unlinked")

    assert catalog.collect(reservation.digest, unlink)
    saver.join()
    assert events == ["unlinked", "reserved"]
    assert not catalog.collect(reservation.digest, unlink)


def test_in_postgresql_a_collection_leaves_other_saves_alone(
    postgres_url: str,
    open_catalog: Callable[..., Catalog],
    new_record: Callable[..., ArtifactRecord],
    reservation_of: Callable[[ArtifactRecord], Reservation],
) -> None:
    """A save of other content goes on while a large file is removed."""
    catalog, other = open_catalog(postgres_url), open_catalog(postgres_url, busy_timeout=5)
    reservation = reservation_of(new_record("a", digest="cd" * 32))
    assert catalog.collect("ab" * 32, lambda: other.reserve(reservation))
    assert other.reservations() == [reservation]


def test_a_collection_that_fails_leaves_the_catalog_usable(
    catalog: Catalog, save: Callable[..., ArtifactRecord]
) -> None:
    """The error of the removal is what is raised, and the lock is given back."""

    def fail() -> None:
        raise PermissionError("content")

    with pytest.raises(PermissionError, match="content"):
        catalog.collect("ab" * 32, fail)
    assert save(catalog, "a").version == 0


def in_forked_child(function: Callable[[], Any]) -> int | None:
    """Run a function in a fork of this process, and return its exit code."""
    process = multiprocessing.get_context("fork").Process(target=function)
    with warnings.catch_warnings():
        # That other threads exist is the point, and what runs the tests may have some, too.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    process.join(60)
    if process.is_alive():
        process.kill()
        process.join()
    return process.exitcode


def test_a_forked_child_uses_connections_of_its_own(
    catalog: Catalog, save: Callable[..., ArtifactRecord]
) -> None:
    """Parent and child both go on with a catalog that was open before the fork."""
    record = save(catalog, "a")

    def child() -> None:
        assert catalog.find("a") == record
        assert save(catalog, "a").version == 1
        catalog.dispose()

    assert in_forked_child(child) == 0
    assert save(catalog, "a").version == 2


def test_a_fork_amid_the_saves_of_other_threads_harms_neither_side(
    database_url: str, open_catalog: Callable[..., Catalog], save: Callable[..., ArtifactRecord]
) -> None:
    """Locks that the parent's threads held at the fork are not held for ever in the child."""
    catalog = open_catalog(database_url, busy_timeout=60)
    stop = threading.Event()
    failures: list[BaseException] = []

    def saves() -> None:
        try:
            while not stop.wait(0.001):  # SQLite's locks are not fair: leave others a chance
                save(catalog, "parent")
        except BaseException as error:  # noqa: BLE001 - shown by the assertion
            failures.append(error)

    threads = [threading.Thread(target=saves) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        codes = [in_forked_child(lambda: save(catalog, "child")) for _ in range(5)]
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert codes == [0] * 5
    assert failures == []
    assert [record.version for record in catalog.records(name="child")] == [0, 1, 2, 3, 4]
    parents = [record.version for record in catalog.records(name="parent")]
    assert parents == list(range(len(parents)))


def test_a_record_of_another_process_is_seen_at_once(
    catalog: Catalog,
    database_url: str,
    open_catalog: Callable[..., Catalog],
    save: Callable[..., ArtifactRecord],
) -> None:
    """Nothing is remembered between two questions."""
    other = open_catalog(database_url)
    first = save(catalog, "a")
    assert other.find("a") == first
    assert other.remove(first.artifact_id)
    second = save(other, "a")
    assert catalog.find("a") == second == dataclasses.replace(second, version=1)


FORKS_IN_TWO_THREADS = """
import faulthandler, os, sys, threading
from lineapy_store.catalog import Catalog

faulthandler.dump_traceback_later(60, exit=True)
catalog = Catalog(sys.argv[1])
catalog.reservations()

def fork():
    for _ in range(50):
        child = os.fork()
        if not child:
            os._exit(0)
        os.waitpid(child, 0)

threads = [threading.Thread(target=fork) for _ in range(2)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(catalog.reservations())
"""


def test_two_threads_may_fork_at_once(tmp_path: Path) -> None:
    """Neither waits for the other for good, and the catalog works afterwards."""
    done = subprocess.run(  # noqa: S603 - the code above
        [sys.executable, "-W", "ignore", "-c", FORKS_IN_TWO_THREADS, f"sqlite:///{tmp_path}/c.db"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "[]\n"), done.stderr
