"""What a backend is to the store."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineapy_store.flavors import Flavor
    from lineapy_store.records import ArtifactRecord


class Reserve(Protocol):
    """Announces what a save is about to refer to; what was announced before is replaced."""

    def __call__(
        self, *, digest: str | None = None, mlflow: Mapping[str, Any] | None = None
    ) -> None:
        """Announces a content digest, or the place in MLflow where the save may leave something."""


@dataclasses.dataclass(frozen=True, kw_only=True)
class SaveRequest:
    """A value on its way into a backend.

    Attributes:
        artifact_id: Of the version to be.
        name: What the user calls it.
        flavor: The MLflow flavor of the value, or None.
        arguments: Further keywords of ``save``, for ``log_model``.
        reserve: Called before anything becomes visible that a collection of garbage could take
            for a leftover, or has to find if the save fails.
    """

    artifact_id: str
    name: str
    flavor: Flavor | None
    arguments: Mapping[str, Any]
    reserve: Reserve


@dataclasses.dataclass(frozen=True, kw_only=True)
class Stored:
    """What a backend has taken.

    Attributes:
        path: Where it is, for people to read.
        digest: Content digest, 64 hexadecimal digits.
        size: In bytes.
        mlflow: The record that MLflow's side of the metadata is made of, or None.
        settled: Whether nothing but this can be there of the save.
    """

    path: str
    digest: str
    size: int
    mlflow: Mapping[str, Any] | None = None
    settled: bool = True


class Backend(Protocol):
    """A place where values are kept."""

    def save(self, value: object, request: SaveRequest) -> Stored:
        """Writes ``value`` and returns where; what it may leave when it raises is reserved."""

    def undo(self, stored: Stored) -> None:
        """Takes back a save that the catalog did not accept."""

    def load(self, record: ArtifactRecord, mmap_mode: str | None = None) -> object:
        """Returns a fresh object, after its bytes were found to be those that were written."""

    def verify(self, record: ArtifactRecord) -> None:
        """Reads every byte and compares digests; raises CorruptArtifactError."""

    def delete(self, record: ArtifactRecord) -> None:
        """Removes the value; not an error if it is gone already."""
