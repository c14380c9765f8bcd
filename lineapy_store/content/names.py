"""What is in a store, by name: checked before a name becomes part of a path."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from lineapy_store.errors import ConfigurationError, CorruptArtifactError

if TYPE_CHECKING:
    from lineapy_store.content.codec import Encoded

TEMPORARY = "tmp"
"""The folder of what is not readable yet."""

_DIGEST = re.compile(r"[0-9a-f]{64}")
_KEY = re.compile(r"[0-9A-Za-z_-]{1,100}")


@dataclasses.dataclass(frozen=True)
class Staged:
    """A value that is not readable yet.

    Attributes:
        digest: Content digest, 64 hexadecimal digits.
        size: Bytes of its file.
        key: Name of its temporary file.
        encoded: The value, where it is still to be written.
    """

    digest: str
    size: int
    key: str
    encoded: Encoded | None = dataclasses.field(default=None, repr=False)


def is_digest(name: str) -> bool:
    """Whether this is 64 lowercase hexadecimal digits."""
    return _DIGEST.fullmatch(name) is not None


def is_shard(name: str) -> bool:
    """Whether this names a folder of files, the two first digits of their digests."""
    return len(name) == 2 and is_digest(name.ljust(64, "0"))  # noqa: PLR2004 - as the text says


def is_key(name: str) -> bool:
    """Whether this can name a temporary file."""
    return _KEY.fullmatch(name) is not None


def check_digest(digest: str) -> str:
    """Return a digest that is one.

    Raises:
        CorruptArtifactError: The catalog has something else.
    """
    if not isinstance(digest, str) or not is_digest(digest):
        raise CorruptArtifactError(
            f"the content digest {digest!r} is not 64 lowercase hexadecimal digits: the record of "
            "this artifact is damaged"
        )
    return digest


def check_key(key: str) -> str:
    """Return a key that can name a file.

    Raises:
        ConfigurationError: It cannot.
    """
    if not isinstance(key, str) or not is_key(key):
        raise ConfigurationError(
            f"a temporary file cannot be named {key!r}: give up to 100 ASCII letters, digits, _ "
            "and -"
        )
    return key


def missing(name: str) -> CorruptArtifactError:
    """What to raise for content that should be at a path or URL, and is not."""
    return CorruptArtifactError(f"{name} is missing: restore the file, or save the value again")
