"""What a catalog remembers, in either database."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import sqlite3
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from lineapy_store.catalog import Catalog
from lineapy_store.catalog._tables import NAMES
from lineapy_store.errors import (
    ArtifactNotFoundError,
    BackendUnavailableError,
    ConfigurationError,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lineapy_store.records import ArtifactRecord, Reservation

NOON = datetime(2024, 5, 17, 12, 0, 0, 123456, tzinfo=UTC)


def test_a_record_comes_back_as_it_was_committed(
    catalog: Catalog,
    new_record: Callable[..., ArtifactRecord],
    reservation_of: Callable[[ArtifactRecord], Reservation],
) -> None:
    """Every field comes back equal: text of any script, JSON with NUL, and microseconds."""
    record = new_record(
        "modèle/测试 %_*",
        date_created=NOON.astimezone(timezone(timedelta(hours=9))),
        requested_backend="mlflow",
        size=2**40,
        environment={"numpy": "2.0", "nested": [1, None, {"a": 0.1}]},
        log_model_arguments={"text": "\0 \ud800 ü"},
        mlflow={"run_id": "1"},
    )
    catalog.reserve(reservation_of(record))
    stored = catalog.commit(record, sign=lambda unsigned: f"signed {unsigned.version}")
    assert stored == dataclasses.replace(record, version=0, signature="signed 0")
    assert catalog.find(record.name) == stored
    assert list(catalog.records()) == [stored]
    assert catalog.find(record.name).date_created.utcoffset() == timedelta(0)


def test_versions_count_up_for_each_name_and_are_never_given_twice(
    catalog: Catalog, save: Callable[..., ArtifactRecord]
) -> None:
    """The next version is one more than any before it, also when all were removed."""
    kept = [save(catalog, "a"), save(catalog, "a"), save(catalog, "b")]
    assert [record.version for record in kept] == [0, 1, 0]
    assert all(catalog.remove(record.artifact_id) for record in kept)
    assert not catalog.remove(kept[0].artifact_id)
    assert save(catalog, "a").version == 2
    assert [record.version for record in catalog.records()] == [2]


def test_find_gives_the_newest_a_number_or_an_alias(
    catalog: Catalog, save: Callable[..., ArtifactRecord]
) -> None:
    """None and "latest" are the newest version that is still there."""
    records = [save(catalog, "a") for _ in range(3)]
    catalog.set_alias("a", "prod", 1)
    assert catalog.find("a") == catalog.find("a", "latest") == records[2]
    assert catalog.find("a", 0) == records[0]
    assert catalog.find("a", "prod") == records[1]
    catalog.remove(records[2].artifact_id)
    assert catalog.find("a") == records[1]


def test_an_alias_moves_and_goes_with_its_version(
    catalog: Catalog, save: Callable[..., ArtifactRecord]
) -> None:
    """Setting an alias again moves it; removing the version that it names removes it."""
    first, second = save(catalog, "a"), save(catalog, "a")
    save(catalog, "other")
    for alias, version in (("prod", 0), ("prod", 1), ("old", 0)):
        catalog.set_alias("a", alias, version)
    assert catalog.aliases("a") == {"old": 0, "prod": 1}
    assert catalog.aliases("other") == {}
    catalog.remove(second.artifact_id)
    assert catalog.aliases("a") == {"old": 0}
    catalog.delete_alias("a", "old")
    assert catalog.aliases("a") == {}
    assert catalog.find("a") == first


@pytest.mark.parametrize("version", [7, -1, 2**31, 10**30, "prod"])
def test_a_missing_version_is_told_with_those_there_are(
    catalog: Catalog, save: Callable[..., ArtifactRecord], version: int | str
) -> None:
    """The message has the newest versions and the aliases, whatever number was asked for."""
    for _ in range(7):
        save(catalog, "churn")
    catalog.set_alias("churn", "staging", 2)
    with pytest.raises(ArtifactNotFoundError) as raised:
        catalog.find("churn", version)
    assert repr(version) in str(raised.value)
    assert "6, 5, 4, 3, 2, ..." in str(raised.value)
    assert "'staging' (2)" in str(raised.value)


def test_a_missing_name_is_told_with_near_ones(
    catalog: Catalog, save: Callable[..., ArtifactRecord]
) -> None:
    """Near names are told whatever their case, but not those whose versions are all gone."""
    gone = save(catalog, "churns")
    save(catalog, "Churn")
    save(catalog, "weather")
    catalog.remove(gone.artifact_id)
    with pytest.raises(ArtifactNotFoundError, match=r"'chrun'.*Near names: 'Churn'\.") as raised:
        catalog.find("chrun")
    assert "weather" not in str(raised.value)


def test_a_missing_name_is_told_soon_amid_many_that_were_deleted(
    tmp_path: Path, save: Callable[..., ArtifactRecord]
) -> None:
    """However many names have no version left, only the nearest of all are looked at."""
    path, steps = tmp_path / "catalog.sqlite", itertools.count()
    catalog = Catalog(f"sqlite:///{path}")
    save(catalog, "churn")
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        gone = [(f"churn-{number:06}", 1) for number in range(20_000)]
        insert = f"INSERT INTO {NAMES.name} (name, next_version) VALUES (?, ?)"  # noqa: S608 - ours
        connection.executemany(insert, gone)

    def count(connection: sqlite3.Connection, _record: object) -> None:
        connection.set_progress_handler(lambda: next(steps) < 0, 1_000)

    catalog.dispose()
    sa.event.listen(sa.Engine, "connect", count)
    try:
        with pytest.raises(ArtifactNotFoundError, match=r"Near names: 'churn'"):
            catalog.find("churn-")
    finally:
        sa.event.remove(sa.Engine, "connect", count)
        catalog.dispose()
    assert next(steps) < 100, "thousands of the database's steps"


def test_what_an_alias_needs_is_checked(
    catalog: Catalog, save: Callable[..., ArtifactRecord]
) -> None:
    """An alias of a missing version and the removal of a missing alias change nothing."""
    save(catalog, "a")
    for version in (1, -1, 10**30):
        with pytest.raises(ArtifactNotFoundError, match="newest first: 0"):
            catalog.set_alias("a", "prod", version)
    with pytest.raises(ArtifactNotFoundError, match="no alias 'prod'"):
        catalog.delete_alias("a", "prod")
    assert catalog.aliases("a") == {}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, ["Zebra 0", "a 0", "a 1", "b_1 0", "Änderung 0"]),
        ({"name": "a"}, ["a 0", "a 1"]),
        ({"name": "A"}, []),
        ({"search": "EBR"}, ["Zebra 0"]),
        ({"search": "logistic"}, ["b_1 0"]),
        ({"search": "_"}, ["b_1 0"]),
        ({"search": "%"}, []),
        ({"search": "?"}, ["a 0", "a 1"]),
        ({"search": "*a"}, ["Zebra 0", "a 0", "a 1"]),
        ({"storage_backend": "mlflow"}, ["b_1 0"]),
        ({"value_type": "sklearn.LogisticRegression"}, ["b_1 0"]),
        ({"value_type": "sklearn"}, []),
        ({"created_after": NOON}, ["a 1"]),
        ({"created_before": NOON}, ["Zebra 0", "a 0", "b_1 0", "Änderung 0"]),
        ({"created_before": NOON, "name": "a", "search": "a"}, ["a 0"]),
    ],
)
def test_a_listing_is_filtered_and_ordered(
    catalog: Catalog,
    save: Callable[..., ArtifactRecord],
    filters: dict[str, Any],
    found: list[str],
) -> None:
    """Every filter given must hold; the order is by name, byte by byte, and then version."""
    old = {"date_created": NOON - timedelta(microseconds=1), "value_type": "x.Y"}
    model = {"storage_backend": "mlflow", "value_type": "sklearn.LogisticRegression"}
    save(catalog, "Änderung", **old)
    save(catalog, "b_1", **(old | model))
    save(catalog, "a", **old)
    save(catalog, "Zebra", **old)
    save(catalog, "a", **(old | {"date_created": NOON}))
    listed = [f"{record.name} {record.version}" for record in catalog.records(**filters)]
    assert listed == found


def test_search_folds_the_case_of_every_script_in_sqlite(
    tmp_path: Any, open_catalog: Callable[..., Catalog], save: Callable[..., ArtifactRecord]
) -> None:
    """SQLite's own functions fold ASCII only; PostgreSQL goes by its database's locale."""
    catalog = open_catalog(f"sqlite:///{tmp_path}/catalog.sqlite")
    save(catalog, "Änderung")
    assert [record.name for record in catalog.records(search="äNDER")] == ["Änderung"]


def test_a_moment_without_a_time_zone_is_refused(catalog: Catalog) -> None:
    """The error comes from the call, not from the first record asked for."""
    with pytest.raises(ConfigurationError, match=r"created_after is '2024-05-17T.*time zone"):
        catalog.records(created_after=NOON.replace(tzinfo=None))


def test_a_long_listing_can_be_changed_while_it_is_read(
    catalog: Catalog, save: Callable[..., ArtifactRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Removing each version as it is listed meets every version once, over all pages."""
    monkeypatch.setattr("lineapy_store.catalog._catalog._PAGE", 4)
    saved = [save(catalog, name).artifact_id for name in "aaaaaabbbbbccdefg"]
    listed = []
    for record in catalog.records():
        assert catalog.remove(record.artifact_id)
        listed.append(record.artifact_id)
    assert listed == saved
    assert list(catalog.records()) == []


def test_a_reservation_lasts_until_its_save_ends(
    catalog: Catalog,
    new_record: Callable[..., ArtifactRecord],
    reservation_of: Callable[[ArtifactRecord], Reservation],
) -> None:
    """A reservation may be replaced, and is gone once its save was committed or released."""
    record, other = new_record("a"), new_record("b", digest="cd" * 32)
    catalog.reserve(dataclasses.replace(reservation_of(record), digest=None))
    catalog.reserve(reservation_of(record))
    catalog.reserve(reservation_of(other))
    assert set(catalog.reservations()) == {reservation_of(record), reservation_of(other)}
    assert catalog.digests() == {record.digest, other.digest}
    catalog.commit(record)
    catalog.release(other.artifact_id)
    catalog.release(other.artifact_id)
    assert catalog.reservations() == []
    assert catalog.digests() == {record.digest}


def test_a_save_whose_reservation_is_gone_is_not_committed(
    catalog: Catalog,
    new_record: Callable[..., ArtifactRecord],
    reservation_of: Callable[[ArtifactRecord], Reservation],
) -> None:
    """Its content may have been collected in between, so no version may refer to it."""
    record = new_record("a")
    catalog.reserve(reservation_of(record))
    catalog.release(record.artifact_id)
    with pytest.raises(BackendUnavailableError, match="Save it again"):
        catalog.commit(record)
    assert list(catalog.records()) == []


def test_a_save_that_cannot_be_signed_leaves_no_version(
    catalog: Catalog,
    new_record: Callable[..., ArtifactRecord],
    reservation_of: Callable[[ArtifactRecord], Reservation],
) -> None:
    """The reservation stays, and the version that was to be given is given to the next."""

    def fail(_record: ArtifactRecord) -> str:
        raise OSError("no key")

    record = new_record("a")
    catalog.reserve(reservation_of(record))
    with pytest.raises(OSError, match="no key"):
        catalog.commit(record, sign=fail)
    assert list(catalog.records()) == []
    assert catalog.commit(record).version == 0


def test_only_content_without_a_reference_is_collected(
    catalog: Catalog,
    new_record: Callable[..., ArtifactRecord],
    reservation_of: Callable[[ArtifactRecord], Reservation],
) -> None:
    """Versions and saves in progress keep their content; what nothing refers to goes."""
    unlinked: list[str] = []

    def collect() -> bool:
        return catalog.collect(record.digest, lambda: unlinked.append(record.digest))

    record = new_record("a")
    catalog.reserve(reservation_of(record))
    assert catalog.digests() == {record.digest}
    assert catalog.digests(ignoring=[record.artifact_id]) == set()
    assert not collect()
    catalog.commit(record)
    assert catalog.digests(ignoring=[record.artifact_id]) == {record.digest}
    assert not collect()
    assert unlinked == []
    catalog.remove(record.artifact_id)
    assert catalog.digests() == set()
    assert collect()
    assert unlinked == [record.digest]


def test_a_catalog_can_be_used_again_after_it_was_disposed_of(
    catalog: Catalog, save: Callable[..., ArtifactRecord]
) -> None:
    """Disposing closes connections only."""
    record = save(catalog, "a")
    catalog.dispose()
    catalog.dispose()
    assert catalog.find("a") == record
