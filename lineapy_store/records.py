"""Plain data that travels between the store, the catalog and the backends."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclasses.dataclass(frozen=True, kw_only=True)
class ArtifactRecord:
    """One version of one name, as the catalog keeps it.

    Attributes:
        artifact_id: 32 hexadecimal digits, unique over all stores.
        name: What the user calls it.
        version: Whole number from 0; ``-1`` before the catalog has given it one.
        date_created: Timezone-aware, in UTC.
        storage_backend: Name of the backend that holds the value.
        storage_path: Where the backend put it, for people to read; never used to find it.
        reason: Why this backend was selected.
        requested_backend: The ``storage_backend`` argument of the save.
        value_type: Qualified name of the value's class.
        digest: Content digest, 64 hexadecimal digits.
        size: Bytes stored.
        session_id: The process that saved it, 32 hexadecimal digits.
        python_version: Of that process, such as ``3.11.7``.
        environment: Platform, and the versions of the packages that the value's class is from.
        log_model_arguments: Further keywords of the save, as JSON-ready data.
        mlflow: The backend's own record when MLflow holds the value, else None.
        signature: HMAC over the record when a signing key was set, else None.
    """

    artifact_id: str
    name: str
    version: int
    date_created: datetime
    storage_backend: str
    storage_path: str
    reason: str
    requested_backend: str | None
    value_type: str
    digest: str
    size: int
    session_id: str
    python_version: str
    environment: Mapping[str, Any]
    log_model_arguments: Mapping[str, Any]
    mlflow: Mapping[str, Any] | None = None
    signature: str | None = None


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reservation:
    """A save in progress: what it is about to refer to must not be collected.

    Attributes:
        artifact_id: Of the version that the save will make.
        digest: Of the content in the lineapy backend, or None for another backend.
        host: Name of the machine that saves.
        pid: Process number there.
        date_created: Timezone-aware, in UTC.
    """

    artifact_id: str
    digest: str | None
    host: str
    pid: int
    date_created: datetime


def jsonable(value: object) -> Any:
    """Returns ``value`` as JSON-ready data; what JSON has no form for becomes its repr."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {str(key): jsonable(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [jsonable(each) for each in value]
    text = repr(value)
    return text if len(text) <= 1000 else f"{text[:1000]}..."  # noqa: PLR2004 - enough to recognise
