"""The store's own backend: pickled values as content-addressed files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineapy_store.backends.base import Stored
from lineapy_store.content import encode

if TYPE_CHECKING:
    from lineapy_store.backends.base import SaveRequest
    from lineapy_store.content import ContentStore
    from lineapy_store.records import ArtifactRecord


class LineapyBackend:
    """Keeps values in a content store, where equal content is kept once.

    Args:
        content: The content store.
    """

    def __init__(self, content: ContentStore) -> None:
        self._content = content

    def save(self, value: object, request: SaveRequest) -> Stored:
        """Pickles and writes ``value``.

        Raises:
            SerializationError: It cannot be pickled; the message says which part.
            BackendUnavailableError: It cannot be written; the message says where and why.
        """
        encoded = encode(value)
        staged = self._content.stage(encoded, key=request.artifact_id)
        try:
            request.reserve(digest=staged.digest)
            path = self._content.publish(staged)
        except BaseException:
            self._content.discard(staged)
            raise
        return Stored(path=path, digest=staged.digest, size=staged.size)

    def undo(self, stored: Stored) -> None:
        """Does nothing: content that no version refers to is collected by the store."""

    def load(self, record: ArtifactRecord, mmap_mode: str | None = None) -> object:
        """Returns a fresh object.

        Raises:
            CorruptArtifactError: The file is missing or altered; nothing was unpickled.
            ConfigurationError: An unknown ``mmap_mode``, or one for remote content.
        """
        return self._content.load(record.digest, mmap_mode=mmap_mode)

    def verify(self, record: ArtifactRecord) -> None:
        """Reads every byte.

        Raises:
            CorruptArtifactError: The file is missing or altered.
        """
        self._content.verify(record.digest)

    def delete(self, record: ArtifactRecord) -> None:
        """Removes the content; the caller sees to it that no other version needs it."""
        self._content.delete(record.digest)
