"""Files in a folder: ``<location>/<2 hex>/<digest>``, and ``<location>/tmp/<key>`` until then."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from lineapy_store.content import container
from lineapy_store.content.names import (
    TEMPORARY,
    Staged,
    check_key,
    is_digest,
    is_key,
    is_shard,
    missing,
)
from lineapy_store.errors import (
    AlteredContentError,
    BackendUnavailableError,
    ConfigurationError,
    StoreError,
)
from lineapy_store.folders import make_private

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineapy_store.content.codec import Encoded
    from lineapy_store.content.container import MmapMode

_WORTH_DIRECT = 16 << 20  # bytes
_AREAS = 1024  # the most that every system takes in one call
_LINK = (errno.ELOOP, errno.ENOTDIR)  # what O_NOFOLLOW answers for a file, and for a folder


class LocalBlobs:
    """The files of one folder.

    Only their owner may read them or the folders that are made, unless the umask is stricter.
    Below the location no symbolic link is followed.

    Args:
        location: Path; relative to the folder that is current now.
    """

    def __init__(self, location: str) -> None:
        try:
            self._root = Path(location).expanduser().absolute()
        except RuntimeError as error:
            raise ConfigurationError(f"there is no home folder for {location!r}") from error
        self.label = str(self._root)

    def stage(self, encoded: Encoded, key: str) -> Staged:
        """Write a synced temporary file."""
        path = self._root / TEMPORARY / check_key(key)
        with _explained("write", path):
            make_private(path.parent)
            with self._folder(TEMPORARY) as folder:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
                descriptor = os.open(key, flags, 0o600, dir_fd=folder)
                try:
                    with _closing(descriptor):
                        digest, size = _write(descriptor, encoded)
                        os.fsync(descriptor)
                except BaseException:
                    os.unlink(key, dir_fd=folder)
                    raise
        return Staged(digest, size, key)

    def publish(self, staged: Staged) -> str:
        """Rename a temporary file."""
        path = self._path(staged.digest)
        with _explained("write", path):
            make_private(path.parent)
            with self._folder(TEMPORARY) as folder, self._folder(path.parent.name) as shard:
                os.replace(staged.key, staged.digest, src_dir_fd=folder, dst_dir_fd=shard)
                os.fsync(shard)
        return str(path)

    def read(
        self, digest: str, mmap_mode: MmapMode | None
    ) -> tuple[memoryview, Sequence[memoryview], str]:
        """Read or map a file: the pickle stream, its buffers, and the path for messages."""
        with self._open(digest) as (source, descriptor):
            if mmap_mode:
                return *container.read_mapped(source, digest, descriptor, mmap_mode), source.name
            return *container.read(source, digest), source.name

    def verify(self, digest: str) -> None:
        """Read a file and compare digests."""
        with self._open(digest) as (source, _):
            container.verify(source, digest)

    def delete(self, digest: str) -> None:
        """Remove a file."""
        path = self._path(digest)
        with (
            _explained("delete", path),
            contextlib.suppress(FileNotFoundError),
            self._folder(path.parent.name) as shard,
        ):
            os.unlink(digest, dir_fd=shard)

    def digests(self) -> Iterator[str]:
        """The names of all files that are a digest, in the folder that they belong in."""
        for shard in _names(self._root):
            if is_shard(shard):
                for name in _names(self._root / shard):
                    if is_digest(name) and name.startswith(shard):
                        yield name

    def temporaries(self) -> Iterator[str]:
        """The names of all temporary files."""
        return filter(is_key, _names(self._root / TEMPORARY))

    def discard_temporary(self, key: str) -> None:
        """Remove a temporary file."""
        path = self._root / TEMPORARY / check_key(key)
        with (
            _explained("delete", path),
            contextlib.suppress(FileNotFoundError),
            self._folder(TEMPORARY) as folder,
        ):
            os.unlink(key, dir_fd=folder)

    def _path(self, digest: str) -> Path:
        return self._root / digest[:2] / digest

    @contextlib.contextmanager
    def _folder(self, name: str) -> Iterator[int]:
        """A folder of the store, which is no link to another."""
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        descriptor = os.open(self._root / name, flags)
        with _closing(descriptor):
            yield descriptor

    @contextlib.contextmanager
    def _open(self, digest: str) -> Iterator[tuple[_File, int]]:
        path = self._path(digest)
        with _explained("read", path):
            try:
                with self._folder(path.parent.name) as shard:
                    # Not to wait for a writer if it is a pipe.
                    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
                    descriptor = os.open(digest, flags, dir_fd=shard)
            except FileNotFoundError as error:
                raise missing(str(path)) from error
            except OSError as error:
                if error.errno in _LINK:
                    raise _not_a_file(path) from error
                raise
            with _closing(descriptor):
                status = os.fstat(descriptor)
                if not stat.S_ISREG(status.st_mode):
                    raise _not_a_file(path)
                yield _File(str(path), descriptor, status.st_size), descriptor


class _File:
    """An open file to read from."""

    batch = 4  # threads that fill less than huge pages at a time each clear those they share

    def __init__(self, name: str, descriptor: int, size: int) -> None:
        self.name = name
        self.size = size
        self._descriptor = descriptor

    def read(self, offset: int, areas: Sequence[memoryview]) -> None:
        areas = list(areas)
        while areas:
            got = os.preadv(self._descriptor, areas[:_AREAS], offset)
            if not got:
                raise AlteredContentError(f"{self.name} is damaged: it ends at byte {offset}")
            offset += got
            while areas and got >= len(areas[0]):
                got -= len(areas.pop(0))
            if got:
                areas[0] = areas[0][got:]


def _write(descriptor: int, encoded: Encoded) -> tuple[str, int]:
    """Write the file of a value; large ones past the page cache, which would only slow it down."""
    size = sum((buffer.nbytes for buffer in encoded.buffers), encoded.stream.nbytes)
    direct = size >= _WORTH_DIRECT and hasattr(os, "O_DIRECT")
    if size >= _WORTH_DIRECT and hasattr(os, "posix_fallocate"):
        with contextlib.suppress(OSError):  # what this cannot do, writing says better
            os.posix_fallocate(descriptor, 0, size)

    def put(piece: memoryview, offset: int) -> None:
        refused = not direct
        while piece:
            try:
                written = os.pwrite(descriptor, piece, offset)
            except OSError as error:
                if error.errno != errno.EINVAL or refused:
                    raise
                refused = True
                _set_direct(descriptor, on=False)  # which another thread may have done meanwhile
                continue
            piece = piece[written:]
            offset += written

    if direct:
        with contextlib.suppress(OSError):  # a file system that cannot
            _set_direct(descriptor, on=True)
    return container.write(encoded, put)


def _set_direct(descriptor: int, *, on: bool) -> None:
    """Bypass the page cache or not from now on."""
    flags = fcntl.fcntl(descriptor, fcntl.F_GETFL)
    fcntl.fcntl(descriptor, fcntl.F_SETFL, flags | os.O_DIRECT if on else flags & ~os.O_DIRECT)


def _names(folder: Path) -> Iterator[str]:
    with _explained("list", folder), contextlib.suppress(FileNotFoundError, NotADirectoryError):
        yield from (path.name for path in folder.iterdir())


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _explained(verb: str, path: Path) -> Iterator[None]:
    """Turn what the system says into an error of the library."""
    try:
        yield
    except StoreError:
        raise
    except OSError as error:
        where = f": {error.filename}" if Path(str(error.filename)).is_absolute() else ""
        raise BackendUnavailableError(
            f"cannot {verb} {path}: {error.strerror or error}{where}"
        ) from error


def _not_a_file(path: Path) -> AlteredContentError:
    return AlteredContentError(
        f"{path} is not a file, or not in a folder of the store: nothing of it was read; remove "
        "what is there, and save the value again"
    )
