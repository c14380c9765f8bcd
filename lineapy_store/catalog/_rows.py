"""Records as rows, and rows as records: every column checked, since anyone may write a row."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from lineapy_store.errors import CorruptArtifactError
from lineapy_store.records import ArtifactRecord, Reservation

if TYPE_CHECKING:
    import sqlalchemy as sa

_Reader = Callable[[Any], Any]
_Record = TypeVar("_Record", ArtifactRecord, Reservation)

_HEXADECIMAL = re.compile(r"[0-9a-f]*")
_JSON_COLUMNS = ("environment", "log_model_arguments", "mlflow", "code")


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("is not text")  # noqa: TRY004 - every reader raises the one error
    return value


def _hexadecimal(value: Any) -> str:
    if not _HEXADECIMAL.fullmatch(_text(value)):
        raise ValueError("is not hexadecimal")
    return str(value)


def _whole(value: Any) -> int:
    if not isinstance(value, int) or value < 0:
        raise ValueError("is not a whole number from 0")
    return value


def _instant(value: Any) -> datetime:
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError("has no time zone")
    return moment.astimezone(UTC)


def _mapping(value: Any) -> dict[str, Any]:
    try:
        loaded = json.loads(_text(value))
    except RecursionError:
        raise ValueError("is nested too deep") from None
    if not isinstance(loaded, dict):
        raise ValueError("is not a JSON object")  # noqa: TRY004 - as above
    return loaded


def _optional(reader: _Reader) -> _Reader:
    return lambda value: None if value is None else reader(value)


_ARTIFACT: dict[str, _Reader] = {
    "artifact_id": _hexadecimal,
    "name": _text,
    "version": _whole,
    "date_created": _instant,
    "storage_backend": _text,
    "storage_path": _text,
    "reason": _text,
    "requested_backend": _optional(_text),
    "value_type": _text,
    "digest": _hexadecimal,
    "size": _whole,
    "session_id": _text,
    "python_version": _text,
    "environment": _mapping,
    "log_model_arguments": _mapping,
    "mlflow": _optional(_mapping),
    "code": _optional(_mapping),
    "signature": _optional(_text),
}
_RESERVATION: dict[str, _Reader] = {
    "artifact_id": _hexadecimal,
    "digest": _optional(_hexadecimal),
    "host": _text,
    "pid": _whole,
    "since": _optional(_text),
    "date_created": _instant,
    "mlflow": _optional(_mapping),
}


def to_row(record: ArtifactRecord | Reservation) -> dict[str, Any]:
    """Return the columns of a record; mappings become JSON text, the same in every database."""
    row = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
    for column in _JSON_COLUMNS:
        if row.get(column) is not None:
            row[column] = json.dumps(row[column])
    if row.pop("intact", None) is not None:
        row["checksum"] = _checksum(row)
    return row


def to_record(row: sa.Row[Any], place: str) -> ArtifactRecord:
    """Return the record in a row of the catalog at a place, as messages call it.

    Raises:
        CorruptArtifactError: A column holds what the library cannot have written.
    """
    subject = f"entry for {row.name!r} version {row.version!r} in the catalog {place}"
    columns = row._asdict()
    checksum = columns.pop("checksum")
    record = _read(ArtifactRecord, subject, columns, _ARTIFACT)
    # Rows from before there were checksums have none.
    return dataclasses.replace(record, intact=checksum in {None, _checksum(columns)})


def to_reservation(row: sa.Row[Any], place: str) -> Reservation:
    """Return the reservation in a row of the catalog at a place.

    Raises:
        CorruptArtifactError: A column holds what the library cannot have written.
    """
    subject = f"reservation {row.artifact_id!r} in the catalog {place}"
    return _read(Reservation, subject, row._asdict(), _RESERVATION)


def to_source(row: sa.Row[Any]) -> str:
    """Return the text in a row of sources.

    Raises:
        CorruptArtifactError: It is not the one that its digest says.
    """
    text = row.text if isinstance(row.text, str) else ""
    if hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest() != row.digest:
        raise CorruptArtifactError(
            f"The catalog's source {row.digest!r:.80} is damaged: its text is another one. Restore "
            "the catalog from a backup."
        )
    return text


def to_catalog_id(value: Any) -> str:
    """Return the id of a catalog, which becomes the name of a folder.

    Raises:
        CorruptArtifactError: It is not what the library writes.
    """
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{32}", value):
        raise CorruptArtifactError(
            f"The catalog's own id is damaged: {value!r:.80} is not 32 hexadecimal digits. Restore "
            "the catalog from a backup."
        )
    return value


def _checksum(row: Mapping[str, Any]) -> str:
    """Return a checksum of a row, to tell damage: whoever means to deceive can compute it, too.

    Columns that hold nothing are left out, so that one which is added later changes none.
    """
    held = {column: value for column, value in row.items() if value is not None}
    # The one that the databases give back in different forms.
    held["date_created"] = _instant(held["date_created"]).isoformat()
    text = json.dumps(held, sort_keys=True, default=repr)
    return hashlib.sha256(text.encode()).hexdigest()


def _read(
    kind: type[_Record], subject: str, columns: Mapping[str, Any], readers: dict[str, _Reader]
) -> _Record:
    values = dict(columns)
    column = ""
    try:
        for column, reader in readers.items():
            values[column] = reader(values[column])
    except ValueError as error:
        raise CorruptArtifactError(
            f"The {subject} is damaged: {column} is {values[column]!r:.80}, which cannot be right "
            f"({error}). Delete that version, or restore the catalog from a backup."
        ) from None
    return kind(**values)
