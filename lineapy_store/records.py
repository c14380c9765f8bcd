"""Plain data that travels between the store, the catalog and the backends."""

from __future__ import annotations

import dataclasses
import itertools
import math
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
        code: ``kind`` of the code that saved it, and the digest of the ``document`` that tells
            where it is, or why that is ``missing``; None for what was saved before there was this.
        signature: HMAC over the record when a signing key was set, else None.
        intact: Whether the catalog has all of this as it was written, by its own checksum; no
            column. Where a value is to come of it, it has to be.
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
    code: Mapping[str, str] | None = None
    signature: str | None = None
    intact: bool = True


@dataclasses.dataclass(frozen=True, kw_only=True)
class Reservation:
    """A save in progress: what it is about to refer to must not be collected.

    Attributes:
        artifact_id: Of the version that the save will make.
        digest: Of the content in the lineapy backend, or None for another backend.
        host: The machine that saves, as `processes.machine` names it.
        pid: Process number there; 0 once the save has ended, which may have left something in
            MLflow.
        since: When that process began, as `processes.began` tells it.
        date_created: Timezone-aware, in UTC.
        mlflow: Where in MLflow that would be: ``tracking_uri``, ``registry_uri``, ``workspace`` and
            ``registered_model_name``. None when the save leaves nothing there.
    """

    artifact_id: str
    digest: str | None
    host: str
    pid: int
    date_created: datetime
    since: str | None = None
    mlflow: Mapping[str, Any] | None = None


_DEPTH, _ELEMENTS, _LETTERS = 20, 1000, 1000


def jsonable(value: object, depth: int = _DEPTH) -> Any:
    """Returns ``value`` as JSON-ready data, to recognise it by and not to make it again.

    What JSON has no form for becomes its repr; what is very long or deep is cut short.
    """
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if depth and isinstance(value, dict):
        pairs = itertools.islice(value.items(), _ELEMENTS)
        return {str(key): jsonable(each, depth - 1) for key, each in pairs}
    if depth and isinstance(value, (list, tuple, set, frozenset)):
        cut = [f"... {len(value)} in all"] if len(value) > _ELEMENTS else []
        return [jsonable(each, depth - 1) for each in itertools.islice(value, _ELEMENTS)] + cut
    text = repr(value)
    return text if len(text) <= _LETTERS else f"{text[:_LETTERS]}..."
