"""The sources that versions were saved by: kept once, checked when read, removed with the last."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from lineapy_store.catalog import Catalog, _schema
from lineapy_store.errors import CorruptArtifactError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lineapy_store.records import ArtifactRecord, Reservation

Texts = dict[str, str]


def by_digest(*texts: str) -> Texts:
    """Return texts by their digests."""
    return {hashlib.sha256(text.encode()).hexdigest(): text for text in texts}


def rows(url: str, table: str) -> list[Any]:
    """Return what a table has, behind the catalog's back."""
    engine = sa.create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        found = connection.execute(sa.text(f"SELECT * FROM {table}")).all()  # noqa: S608 - ours
    engine.dispose()
    return list(found)


@pytest.fixture
def save_with(
    new_record: Callable[..., ArtifactRecord],
    reservation_of: Callable[[ArtifactRecord], Reservation],
) -> Callable[..., ArtifactRecord]:
    """Saves a version with sources."""

    def save_with(catalog: Catalog, name: str, texts: Texts) -> ArtifactRecord:
        record = new_record(name, code={"kind": "script", "document": next(iter(texts))})
        catalog.reserve(reservation_of(record))
        return catalog.commit(record, sources=texts)

    return save_with


def test_sources_are_kept_once_and_read_by_digest(
    catalog: Catalog, database_url: str, save_with: Callable[..., ArtifactRecord]
) -> None:
    """Two versions of one script share its text; any text comes back to the letter."""
    texts = by_digest("x = 1\r\n", "ä\x0c\u2028🐍\t'\"\\", "", "z" * 300_000)
    records = [save_with(catalog, "a", texts) for _ in range(2)]
    assert catalog.sources(texts) == texts
    assert len(rows(database_url, "lineapy_store_sources")) == len(texts)
    assert [record.code for record in catalog.records()] == [record.code for record in records]
    assert catalog.find("a").code == records[1].code


def test_many_sources_are_kept_and_read(
    catalog: Catalog, save_with: Callable[..., ArtifactRecord]
) -> None:
    """As of a notebook with more cells than a statement may have parameters."""
    texts = by_digest(*(f"cell {number}" for number in range(1_200)))
    record = save_with(catalog, "a", texts)
    assert catalog.sources(texts) == texts
    assert catalog.remove(record.artifact_id)
    with pytest.raises(CorruptArtifactError, match="lost the source"):
        catalog.sources(texts)


def test_a_source_goes_with_the_last_version_that_has_it(
    catalog: Catalog, database_url: str, save_with: Callable[..., ArtifactRecord]
) -> None:
    """Removing one version leaves what another refers to."""
    mine, shared = by_digest("mine"), by_digest("shared")
    first = save_with(catalog, "a", mine | shared)
    second = save_with(catalog, "b", shared)
    catalog.remove(first.artifact_id)
    assert catalog.sources(shared) == shared
    assert [row.digest for row in rows(database_url, "lineapy_store_sources")] == list(shared)
    catalog.remove(second.artifact_id)
    assert rows(database_url, "lineapy_store_sources") == []
    assert rows(database_url, "lineapy_store_artifact_sources") == []


def test_a_save_that_fails_leaves_no_source(
    catalog: Catalog, database_url: str, new_record: Callable[..., ArtifactRecord]
) -> None:
    """Sources are there with their version or not at all."""
    with pytest.raises(Exception, match="was not finished"):
        catalog.commit(new_record("a"), sources=by_digest("text"))
    assert rows(database_url, "lineapy_store_sources") == []


@pytest.mark.parametrize("damage", ["text = 'other'", "digest = 'ab'"])
def test_a_damaged_source_is_told(
    damage: str, catalog: Catalog, database_url: str, save_with: Callable[..., ArtifactRecord]
) -> None:
    """A text that is not its digest's is never handed out."""
    texts = by_digest("text")
    save_with(catalog, "a", texts)
    engine = sa.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(sa.text("DELETE FROM lineapy_store_artifact_sources"))
        connection.execute(sa.text(f"UPDATE lineapy_store_sources SET {damage}"))  # noqa: S608 - ours
    engine.dispose()
    with pytest.raises(CorruptArtifactError, match="source"):
        catalog.sources(texts)
    with pytest.raises(CorruptArtifactError, match=r"damaged|lost"):
        catalog.sources(["ab"])


def test_saving_and_removing_the_same_source_at_once_loses_nothing(
    database_url: str,
    open_catalog: Callable[..., Catalog],
    save_with: Callable[..., ArtifactRecord],
) -> None:
    """Every version that is there has its source, whatever was removed meanwhile."""
    texts = by_digest("shared", "more")
    failures: list[BaseException] = []
    barrier = threading.Barrier(4)

    def churn(catalog: Catalog, name: str) -> None:
        try:
            barrier.wait()
            for _ in range(15):
                record = save_with(catalog, name, texts)
                assert catalog.sources(texts) == texts
                catalog.remove(record.artifact_id)
        except BaseException as failure:  # noqa: BLE001 - raised by the test itself
            failures.append(failure)

    threads = [
        threading.Thread(target=churn, args=[open_catalog(database_url), f"name{number}"])
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert rows(database_url, "lineapy_store_sources") == []


def test_versions_from_before_there_was_code_have_none(
    database_url: str,
    tmp_path: Path,
    open_catalog: Callable[..., Catalog],
    save_with: Callable[..., ArtifactRecord],
) -> None:
    """A catalog of the first schema opens, its versions are the same, and new ones have code."""
    (tmp_path / "home").mkdir()
    engine = sa.create_engine(database_url.replace("postgresql:", "postgresql+psycopg:"))
    old = dict.fromkeys(["reason", "value_type", "session_id", "python_version"], "text") | {
        "artifact_id": "ab" * 16,
        "name": "old",
        "version": 0,
        "date_created": "2025-01-02T03:04:05.000000+00:00",
        "storage_backend": "lineapy",
        "storage_path": "path",
        "digest": "ab" * 32,
        "size": 1,
        "environment": "{}",
        "log_model_arguments": "{}",
    }
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(_schema.MIGRATIONS))
        command.upgrade(config, "0001")
        connection.execute(sa.text("INSERT INTO lineapy_store_names VALUES ('old', 1)"))
        columns, values = ", ".join(old), ", ".join(f":{column}" for column in old)
        connection.execute(
            sa.text(f"INSERT INTO lineapy_store_artifacts ({columns}) VALUES ({values})"),  # noqa: S608 - ours
            old,
        )
    engine.dispose()
    catalog = open_catalog(database_url)
    assert catalog.find("old").code is None
    texts = by_digest("text")
    assert save_with(catalog, "old", texts).version == 1
    assert catalog.sources(texts) == texts
    assert catalog.remove("ab" * 16)
