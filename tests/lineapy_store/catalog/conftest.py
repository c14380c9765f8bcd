"""The same tests over both databases."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pytest

from lineapy_store.catalog import Catalog
from lineapy_store.records import ArtifactRecord, Reservation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Save(Protocol):
    """Saves a version the way the store does, and returns its record."""

    def __call__(self, catalog: Catalog, name: str, **changes: Any) -> ArtifactRecord:
        """Changes are fields of the record."""
        ...


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/home/catalog.sqlite"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def open_catalog() -> Iterator[Callable[..., Catalog]]:
    """Makes catalogs, which are disposed of after the test."""
    catalogs = []

    def open_catalog(url: str, **arguments: Any) -> Catalog:
        catalogs.append(Catalog(url, **arguments))
        return catalogs[-1]

    yield open_catalog
    for catalog in catalogs:
        catalog.dispose()


@pytest.fixture
def catalog(database_url: str, open_catalog: Callable[..., Catalog]) -> Catalog:
    """A catalog in either database."""
    return open_catalog(database_url)


@pytest.fixture(scope="session")
def new_record() -> Callable[..., ArtifactRecord]:
    """Makes records that have no version yet."""

    def new_record(name: str, **changes: Any) -> ArtifactRecord:
        fields: dict[str, Any] = {
            "artifact_id": uuid.uuid4().hex,
            "name": name,
            "version": -1,
            "date_created": datetime.now(UTC),
            "storage_backend": "lineapy",
            "storage_path": "/content/ab",
            "reason": "no MLflow is configured",
            "requested_backend": None,
            "value_type": "builtins.dict",
            "digest": "ab" * 32,
            "size": 1,
            "session_id": "0" * 32,
            "python_version": "3.11.7",
            "environment": {},
            "log_model_arguments": {},
        }
        return ArtifactRecord(**(fields | changes))

    return new_record


@pytest.fixture(scope="session")
def reservation_of() -> Callable[[ArtifactRecord], Reservation]:
    """Makes the reservation that announces a record."""
    return lambda record: Reservation(
        artifact_id=record.artifact_id,
        digest=record.digest,
        host="machine",
        pid=1,
        date_created=record.date_created,
    )


@pytest.fixture(scope="session")
def save(
    new_record: Callable[..., ArtifactRecord],
    reservation_of: Callable[[ArtifactRecord], Reservation],
) -> Save:
    """Saves a version."""

    def save(catalog: Catalog, name: str, **changes: Any) -> ArtifactRecord:
        record = new_record(name, **changes)
        catalog.reserve(reservation_of(record))
        return catalog.commit(record)

    return save
