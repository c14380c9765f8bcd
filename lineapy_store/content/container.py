r"""The file that a value is stored in, as bytes.

All numbers are little-endian::

    b"lineapy\0"                    8 bytes
    pickle stream
    for each buffer: zeros up to a multiple of 64, then the buffer
    index                           "<IIQ": format version, number of buffers, bytes of the
                                    pickle; for each buffer "<Q": its bytes;
                                    BLAKE3 of each MiB of all that precedes the index
    trailer                         "<Q 8s": bytes of the index, b"lineapy\0"

The content digest is the BLAKE3 of the index, so that it covers the whole file as a hash tree of
two levels: parts can be hashed side by side, and a part can be verified without the rest. Offsets
follow from lengths, so that there are none which could be wrong. Nothing depends on when, where
or by whom a file is written: equal pickles make equal files.

BLAKE3 rather than the standard library's SHA-256 because verifying is most of what a load costs:
it takes half the time where the processor has instructions for SHA-256, and less elsewhere. Its
own parallel mode is not used, since reading and hashing side by side takes several threads anyway.
"""

from __future__ import annotations

import bisect
import contextlib
import dataclasses
import itertools
import mmap
import queue
import struct
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, Protocol

from blake3 import blake3

from lineapy_store.content.codec import SMALLEST_BUFFER, Encoded
from lineapy_store.errors import AlteredContentError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

MmapMode = Literal["r", "c"]

CHUNK = 1 << 20
"""Bytes hashed as one; part of the format."""

_MAGIC = b"lineapy\0"
_VERSION = 1
_ALIGNMENT = 64
_INDEX = struct.Struct("<IIQ")
_BUFFER = struct.Struct("<Q")
_TRAILER = struct.Struct("<Q8s")
_DIGEST_SIZE = 32
_LIKELY_INDEX = 64 << 10
_THREADS = 4  # two cores hash while two wait for the disk; more gain nothing
_WORTH_THREADS = 4  # chunks


class Source(Protocol):
    """A stored file that is open for reading."""

    name: str
    """Path or URL, for messages."""
    size: int
    """Bytes."""
    batch: int
    """Chunks to read at once."""

    def read(self, offset: int, areas: Sequence[memoryview]) -> None:
        """Fill areas of memory, one after the other, from an offset on."""


class Segments:
    """Areas of memory that follow one another in a file.

    Args:
        areas: Each of bytes, contiguous.
    """

    def __init__(self, areas: Iterable[memoryview]) -> None:
        self._areas = [area for area in areas if area.nbytes]
        self._ends = list(itertools.accumulate(area.nbytes for area in self._areas))
        self.size = self._ends[-1] if self._ends else 0

    def between(self, start: int, stop: int) -> list[memoryview]:
        """The memory from one offset of the file to another, or to the end."""
        found = []
        for position in range(bisect.bisect_right(self._ends, start), len(self._areas)):
            area, end = self._areas[position], self._ends[position]
            begin = end - area.nbytes
            if begin >= stop:
                break
            found.append(area[max(0, start - begin) : stop - begin])
        return found

    def copy(self, start: int, stop: int, target: memoryview) -> memoryview:
        """Copy what lies between two offsets to the beginning of a target, and return that."""
        filled = 0
        for area in self.between(start, stop):
            target[filled : filled + area.nbytes] = area
            filled += area.nbytes
        return target[:filled]


@dataclasses.dataclass(frozen=True)
class Index:
    """What is where in a file.

    Attributes:
        pickle_size: Bytes.
        buffers: Bytes of each.
        digests: BLAKE3 of each chunk of what precedes the index, one after the other.
    """

    pickle_size: int
    buffers: tuple[int, ...]
    digests: bytes = b""

    def pack(self) -> bytes:
        """The bytes of the index."""
        head = _INDEX.pack(_VERSION, len(self.buffers), self.pickle_size)
        return b"".join([head, *map(_BUFFER.pack, self.buffers), self.digests])

    def offsets(self) -> list[int]:
        """Where each buffer begins and, last, where what precedes the index ends."""
        end = len(_MAGIC) + self.pickle_size
        found = []
        for size in self.buffers:
            start = end + -end % _ALIGNMENT
            found.append(start)
            end = start + size
        return [*found, end]

    def segments(self, stream: memoryview, buffers: Iterable[memoryview]) -> Segments:
        """What precedes the index, with memory of its own for all but the stream and buffers."""
        areas = [memoryview(bytearray(_MAGIC)), stream]
        end = len(_MAGIC) + self.pickle_size
        for buffer in buffers:
            areas += [memoryview(bytearray(-end % _ALIGNMENT)), buffer]
            end += -end % _ALIGNMENT + buffer.nbytes
        return Segments(areas)


def write(
    encoded: Encoded, put: Callable[[memoryview, int], None], *, in_order: bool = False
) -> tuple[str, int]:
    """Make the file of a pickled value, piece by piece.

    Each piece is a copy, and what is hashed is the copy: memory that another thread changes
    meanwhile cannot make a file that contradicts its digest.

    Args:
        encoded: The value.
        put: Called with each piece and its offset in the file; from several threads unless
            ``in_order``. The piece is only valid during the call. All pieces but those from the
            last whole MiB on are of 1 MiB, at a multiple of it, in memory aligned to pages.
        in_order: Whether pieces are to come one after the other.

    Returns:
        The content digest and the size of the file in bytes.
    """
    index = Index(encoded.stream.nbytes, tuple(b.nbytes for b in encoded.buffers))
    body = index.segments(encoded.stream, encoded.buffers)
    digests = [b""] * -(-body.size // CHUNK)
    whole = body.size // CHUNK
    scratch = _Scratch(min(CHUNK, body.size))

    def write_chunk(number: int) -> None:
        start = number * CHUNK
        with scratch.lent() as memory:
            piece = body.copy(start, start + CHUNK, memory)
            digests[number] = blake3(piece).digest()
            put(piece, start)

    each(write_chunk, whole, in_order=in_order)
    if len(digests) > whole:
        write_chunk(whole)
    packed = dataclasses.replace(index, digests=b"".join(digests)).pack()
    put(memoryview(packed + _TRAILER.pack(len(packed), _MAGIC)), body.size)
    return blake3(packed).hexdigest(), body.size + len(packed) + _TRAILER.size


def read_index(source: Source, digest: str) -> Index:
    """Read and verify the index of a file.

    Args:
        source: The file.
        digest: The content digest that the file must have.

    Returns:
        The index, which fits the file's size exactly.

    Raises:
        CorruptArtifactError: It is another file than the digest was made of, or not whole.
        StoreError: It was written by a newer version of the library.
    """
    tail = memoryview(bytearray(min(source.size, _LIKELY_INDEX)))
    source.read(source.size - len(tail), [tail])
    if len(tail) < _TRAILER.size:
        raise _corrupt(source, f"it has only {source.size} bytes")
    size, magic = _TRAILER.unpack(tail[-_TRAILER.size :])
    end = source.size - _TRAILER.size
    if magic != _MAGIC or not _INDEX.size <= size <= end:
        raise _corrupt(source, "its end is not that of a stored value")
    if size > len(tail) - _TRAILER.size:
        packed = memoryview(bytearray(size))
        source.read(end - size, [packed])
    else:
        packed = tail[len(tail) - _TRAILER.size - size : len(tail) - _TRAILER.size]
    if blake3(packed).hexdigest() != digest:
        raise _corrupt(source, "its index does not have the digest")
    version, count, pickle_size = _INDEX.unpack_from(packed)
    if version != _VERSION:
        raise StoreError(
            f"{source.name} is in format {version}, and this version of pytest-lineapy reads "
            f"format {_VERSION}: upgrade pytest-lineapy"
        )
    digests_at = _INDEX.size + count * _BUFFER.size
    if digests_at > size or count * SMALLEST_BUFFER > end:
        raise _corrupt(source, "its index does not fit its size")
    index = Index(
        pickle_size,
        tuple(size for (size,) in _BUFFER.iter_unpack(packed[_INDEX.size : digests_at])),
        bytes(packed[digests_at:]),
    )
    body_size = index.offsets()[-1]
    if (
        body_size != end - size
        or len(index.digests) != -(-body_size // CHUNK) * _DIGEST_SIZE
        or any(length < SMALLEST_BUFFER for length in index.buffers)
    ):
        raise _corrupt(source, "its index does not fit its size")
    return index


def read(source: Source, digest: str) -> tuple[memoryview, list[memoryview]]:
    """Read and verify a whole file.

    Args:
        source: The file.
        digest: The content digest that the file must have.

    Returns:
        The pickle stream and its buffers, each in private memory of its own, which is what has
        been verified.

    Raises:
        CorruptArtifactError: A byte of the file is not what was written.
    """
    index = read_index(source, digest)
    stream = _allocate(index.pickle_size)
    buffers = [_allocate(size) for size in index.buffers]
    _fill(source, index, index.segments(stream, buffers))
    return stream, buffers


def read_mapped(
    source: Source, digest: str, descriptor: int, mode: MmapMode
) -> tuple[memoryview, list[memoryview]]:
    """Read and verify a file's index and pickle stream, and map its buffers without reading them.

    Args:
        source: The file.
        digest: The content digest that the file must have.
        descriptor: Of the same file.
        mode: ``"r"`` for read-only buffers, ``"c"`` for copy-on-write ones.

    Returns:
        The pickle stream in private memory, and the buffers in memory that is the file.

    Raises:
        CorruptArtifactError: A byte of the index, or of a MiB that has a part of the pickle
            stream, is not what was written.
    """
    index = read_index(source, digest)
    *offsets, body_size = index.offsets()
    stream_end = len(_MAGIC) + index.pickle_size
    head = _allocate(min(stream_end + -stream_end % CHUNK, body_size))
    _fill(source, index, Segments([head]))
    buffers = []
    if offsets:
        access = mmap.ACCESS_READ if mode == "r" else mmap.ACCESS_COPY
        try:
            whole = memoryview(mmap.mmap(descriptor, source.size, access=access))
        except ValueError as error:
            raise _corrupt(source, "it has been cut while it was read") from error
        buffers = [
            whole[offset : offset + size]
            for offset, size in zip(offsets, index.buffers, strict=True)
        ]
    return head[len(_MAGIC) : stream_end], buffers


def verify(source: Source, digest: str) -> None:
    """Read every byte of a file and compare digests, in little memory.

    Args:
        source: The file.
        digest: The content digest that the file must have.

    Raises:
        CorruptArtifactError: A byte of the file is not what was written.
    """
    index = read_index(source, digest)
    size = index.offsets()[-1]
    batch = source.batch * CHUNK
    scratch = _Scratch(min(batch, size))

    def check(number: int) -> None:
        start = number * batch
        with scratch.lent() as memory:
            _fill_batch(source, index, start, Segments([memory[: size - start]]))

    each(check, -(-size // batch))


def each(work: Callable[[int], None], count: int, *, in_order: bool = False) -> None:
    """Call a function with 0, 1, ..., in several threads if that is worth their start.

    Args:
        work: What to call; its first error ends it all.
        count: How often.
        in_order: Whether one call may only begin when the one before has ended.
    """
    if in_order or count < _WORTH_THREADS:
        for number in range(count):
            work(number)
    else:
        with ThreadPoolExecutor(_THREADS) as pool:
            for _ in pool.map(work, range(count)):
                pass


def _fill(source: Source, index: Index, segments: Segments) -> None:
    """Fill memory with a file from its beginning on, and verify what is in memory then."""
    batch = source.batch * CHUNK

    def fill(number: int) -> None:
        start = number * batch
        _fill_batch(source, index, start, Segments(segments.between(start, start + batch)))

    each(fill, -(-segments.size // batch))


def _fill_batch(source: Source, index: Index, offset: int, segments: Segments) -> None:
    source.read(offset, segments.between(0, segments.size))
    for start in range(0, segments.size, CHUNK):
        found = blake3()
        for area in segments.between(start, start + CHUNK):
            found.update(area)
        position = (offset + start) // CHUNK * _DIGEST_SIZE
        if found.digest() != index.digests[position : position + _DIGEST_SIZE]:
            raise _corrupt(source, f"its bytes from {offset + start} on are not what was written")


def _allocate(size: int) -> memoryview:
    """Private memory of that many bytes; in huge pages where that saves time."""
    if size < CHUNK:
        return memoryview(bytearray(size))
    # Not mmap's default, by which a forked process would share the memory.
    memory = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    if hasattr(mmap, "MADV_HUGEPAGE"):
        with contextlib.suppress(OSError):  # a kernel without them
            memory.madvise(mmap.MADV_HUGEPAGE)
    return memoryview(memory)


class _Scratch:
    """Memory to work in, aligned to pages, lent to one thread after the other."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._spares: queue.SimpleQueue[memoryview] = queue.SimpleQueue()

    @contextlib.contextmanager
    def lent(self) -> Iterator[memoryview]:
        try:
            memory = self._spares.get_nowait()
        except queue.Empty:
            memory = memoryview(mmap.mmap(-1, self._size))
        yield memory
        self._spares.put(memory)


def _corrupt(source: Source, why: str) -> AlteredContentError:
    return AlteredContentError(
        f"{source.name} is damaged: {why}. Nothing of it was unpickled; restore the file, or save "
        "the value again"
    )
