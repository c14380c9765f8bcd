"""Values in files named after their digest, in a folder or at a URL."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, Protocol, cast, get_args

from lineapy_store.content import codec
from lineapy_store.content.container import MmapMode
from lineapy_store.content.local import LocalBlobs
from lineapy_store.content.names import Staged, check_digest
from lineapy_store.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lineapy_store.content.codec import Encoded

__all__ = ["ContentStore", "Staged"]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.:-]*://")
_LOCAL = ("file://", "local://")


class _Blobs(Protocol):
    """Where files are kept; what ``ContentStore`` says of its methods holds for these."""

    label: str

    def stage(self, encoded: Encoded, key: str) -> Staged: ...
    def publish(self, staged: Staged) -> str: ...
    def read(
        self, digest: str, mmap_mode: MmapMode | None
    ) -> tuple[memoryview, Sequence[memoryview], str]: ...
    def verify(self, digest: str) -> None: ...
    def delete(self, digest: str) -> None: ...
    def digests(self) -> Iterator[str]: ...
    def temporaries(self) -> Iterator[str]: ...
    def discard_temporary(self, key: str) -> None: ...


class ContentStore:
    """Content-addressed values: equal pickles are one file, and its name is their digest.

    A save is ``stage``, then ``publish`` or ``discard``; in between the catalog can announce the
    digest, so that a collector does not take the file away.

    Every method raises ``BackendUnavailableError`` with the path or URL and the cause if the
    place cannot be used: a full disk, a missing permission, a server that does not answer.

    Args:
        location: A folder, made when it is first written to, or any URL that fsspec knows. What a
            ``file://`` URL names is a folder.
        storage_options: For fsspec, as in pandas; a folder needs none. They may hold secrets,
            which appear in no message and no representation.
    """

    def __init__(self, location: str, storage_options: Mapping[str, Any] | None = None) -> None:
        location = os.fspath(location)
        for scheme in _LOCAL:
            location = location.removeprefix(scheme)
        if not location or "\0" in location:
            raise ConfigurationError(
                f"content cannot be stored in {location!r}: give a folder or a URL"
            )
        self._blobs: _Blobs
        if _URL.match(location):
            from lineapy_store.content.remote import RemoteBlobs  # noqa: PLC0415 - only for URLs

            self._blobs = RemoteBlobs(location, storage_options or {})
        else:
            self._blobs = LocalBlobs(location)

    def __repr__(self) -> str:
        """The place, without secrets."""
        return f"ContentStore({self._blobs.label!r})"

    def stage(self, encoded: Encoded, *, key: str) -> Staged:
        """Write a value where no reader looks; at a URL, only compute its digest.

        Args:
            encoded: The pickled value; its memory must stay as it is until it is published.
            key: Name of the temporary file, unique to this save: the artifact's id.

        Returns:
            What to publish or discard, with its digest and its size in bytes.
        """
        return self._blobs.stage(encoded, key)

    def publish(self, staged: Staged) -> str:
        """Make a staged value readable under its digest, whole or not at all.

        In a folder the file takes the place of one that is there already, which mends that if it
        was damaged. At a URL nothing is uploaded if a file of that size is there.

        Args:
            staged: From ``stage``; used up by this.

        Returns:
            Path or URL, without secrets, for people to read.
        """
        return self._blobs.publish(staged)

    def discard(self, staged: Staged) -> None:
        """Remove what ``stage`` has written; fine after ``publish`` too.

        Args:
            staged: From ``stage``.
        """
        self._blobs.discard_temporary(staged.key)

    def load(self, digest: str, *, mmap_mode: str | None = None) -> Any:
        """Make a new object of a stored value.

        Args:
            digest: Of the value, 64 hexadecimal digits.
            mmap_mode: None reads and verifies every byte, and arrays are in private memory,
                writable if they were. ``"r"`` maps arrays of 4 KiB or more from the file, to be
                read when used, and read-only; ``"c"`` lets them be changed, in memory only. What
                is unpickled is verified in every mode, but the bytes of mapped arrays are not:
                ``verify`` reads them. Only for a folder.

        Returns:
            The value.

        Raises:
            CorruptArtifactError: The file is missing, or is not what was written; nothing of it
                was unpickled.
            SerializationError: The file is intact, but what it needs cannot be imported here.
            ConfigurationError: The mode is not one of these, or not possible at a URL.
        """
        if mmap_mode is not None and mmap_mode not in get_args(MmapMode):
            raise ConfigurationError(
                f"mmap_mode cannot be {mmap_mode!r}: give None (read everything), 'r' (map "
                "read-only) or 'c' (map, changes stay in memory)"
            )
        mode = cast("MmapMode | None", mmap_mode)
        stream, buffers, name = self._blobs.read(check_digest(digest), mode)
        return codec.decode(stream, buffers, origin=name)

    def verify(self, digest: str) -> None:
        """Read every byte of a stored value and compare digests, in little memory.

        Args:
            digest: Of the value.

        Raises:
            CorruptArtifactError: The file is missing, or is not what was written.
        """
        self._blobs.verify(check_digest(digest))

    def delete(self, digest: str) -> None:
        """Remove a stored value, if it is there.

        Args:
            digest: Of the value.
        """
        self._blobs.delete(check_digest(digest))

    def digests(self) -> Iterator[str]:
        """The digests of all values that are stored, in no order."""
        return self._blobs.digests()

    def temporaries(self) -> Iterator[str]:
        """The keys of all that is staged, and of what a save that was killed left behind."""
        return self._blobs.temporaries()

    def discard_temporary(self, key: str) -> None:
        """Remove what was staged under a key, if it is there.

        Args:
            key: As given to ``stage``.
        """
        self._blobs.discard_temporary(key)
