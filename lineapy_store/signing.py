"""Signatures over what the catalog says of an artifact, its content digest among it."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import UntrustedArtifactError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineapy_store.records import ArtifactRecord


def sign(record: ArtifactRecord, keys: Sequence[str | bytes] | None) -> str | None:
    """Returns the HMAC-SHA-256 of a record by the first key, or None without a key.

    The content is covered through its digest, which is compared whenever it is read.
    """
    return _signature(record, keys[0]) if keys else None


def require_signed(record: ArtifactRecord, keys: Sequence[str | bytes] | None) -> None:
    """Returns if no key is set, or if one of the keys signed the record.

    Raises:
        UntrustedArtifactError: None did.
    """
    if not keys:
        return
    given = (record.signature or "").encode()
    # All keys are tried in any case, so that the time taken says nothing.
    matches = [hmac.compare_digest(_signature(record, key).encode(), given) for key in keys]
    if not any(matches):
        why = "is not signed" if record.signature is None else "is not signed by any known key"
        raise UntrustedArtifactError(
            f"{record.name!r} version {record.version} {why}, and the option 'signing_key' is set: "
            "it was not read. Save it again with the key, or add the key that signed it"
        )


def _signature(record: ArtifactRecord, key: str | bytes) -> str:
    signed: list[Any] = [
        "lineapy-store-1",
        record.artifact_id,
        record.name,
        record.version,
        record.storage_backend,
        record.digest,
        record.value_type,
        record.mlflow,
    ]
    # Left out without code, so that what was signed before there was any is still signed.
    if record.code is not None:
        signed.append(record.code)
    message = json.dumps(signed, sort_keys=True, separators=(",", ":"))
    secret = key.encode(errors="surrogateescape") if isinstance(key, str) else key
    return hmac.new(secret, message.encode(), hashlib.sha256).hexdigest()
