"""The file format: what is written is what is read, and nothing else is."""

from __future__ import annotations

import pickle
import struct
import threading
from typing import TYPE_CHECKING

import pytest
from blake3 import blake3
from hypothesis import given, settings
from hypothesis import strategies as st

from lineapy_store.content import container, encode
from lineapy_store.content.codec import SMALLEST_BUFFER, Encoded
from lineapy_store.errors import CorruptArtifactError, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence


class Bytes:
    """A file in memory."""

    name = "file.bin"
    batch = 2

    def __init__(self, data: bytes | bytearray) -> None:
        self._data = bytes(data)
        self.size = len(data)

    def read(self, offset: int, areas: Sequence[memoryview]) -> None:
        """Fill areas of memory, one after the other, from an offset on."""
        assert offset >= 0
        for area in areas:
            assert offset + len(area) <= self.size, "asked for more than there is"
            area[:] = self._data[offset : offset + len(area)]
            offset += len(area)


def written(encoded: Encoded) -> tuple[bytearray, str]:
    """The file of a pickled value, and its digest."""
    data, lock = bytearray(), threading.Lock()

    def put(piece: memoryview, offset: int) -> None:
        with lock:  # called from several threads
            data.extend(bytes(max(0, offset + len(piece) - len(data))))
            data[offset : offset + len(piece)] = piece

    digest, size = container.write(encoded, put)
    assert size == len(data)
    return data, digest


def small_file() -> tuple[bytearray, str]:
    """A file of some 4 KiB with a pickle stream and a buffer."""
    return written(encode({"a": pickle.PickleBuffer(bytearray(range(256)) * 16), "b": "text"}))


def encoded_values(largest: int) -> st.SearchStrategy[Encoded]:
    """Pickle streams and buffers of any size up to a largest."""
    sizes = st.integers(SMALLEST_BUFFER, largest)
    buffer = st.builds(
        lambda size, fill: memoryview(bytes([fill]) * size), sizes, st.integers(0, 255)
    )
    return st.builds(
        lambda stream, buffers: Encoded(memoryview(stream), tuple(buffers)),
        st.binary(),
        st.lists(buffer, max_size=4),
    )


@settings(deadline=None)
@given(encoded_values(3 * container.CHUNK))
def test_round_trip(encoded: Encoded) -> None:
    """Streams and buffers of any size come back."""
    data, digest = written(encoded)
    stream, buffers = container.read(Bytes(data), digest)
    assert stream == encoded.stream
    assert [bytes(b) for b in buffers] == [bytes(b) for b in encoded.buffers]
    container.verify(Bytes(data), digest)


@settings(deadline=None)
@given(encoded_values(10_000))
def test_equal_pickles_make_equal_files(encoded: Encoded) -> None:
    """A file depends on the pickle and its buffers alone, whatever writes it."""
    in_order: list[bytes] = []
    digest, _ = container.write(
        encoded, lambda piece, _: in_order.append(bytes(piece)), in_order=True
    )
    assert written(encoded) == (bytearray().join(in_order), digest)


@settings(deadline=None)
@given(encoded_values(2 * container.CHUNK))
def test_buffers_are_aligned(encoded: Encoded) -> None:
    """Every buffer begins at a multiple of 64 bytes, so that it can be used where it is mapped."""
    data, digest = written(encoded)
    index = container.read_index(Bytes(data), digest)
    for offset, buffer in zip(index.offsets(), encoded.buffers, strict=False):
        assert offset % 64 == 0
        assert data[offset : offset + buffer.nbytes] == buffer


def test_every_flipped_byte_is_found() -> None:
    """Whichever byte is changed, reading and verifying say that the file is damaged."""
    data, digest = small_file()
    for position in range(len(data)):
        data[position] ^= 0x55
        for read in (container.read, container.verify):
            with pytest.raises(CorruptArtifactError, match=r"file\.bin is damaged"):
                read(Bytes(data), digest)
        data[position] ^= 0x55
    container.verify(Bytes(data), digest)


def test_every_truncation_is_found() -> None:
    """A file that ends early, anywhere, is damaged."""
    data, digest = small_file()
    for size in range(len(data)):
        with pytest.raises(CorruptArtifactError, match=r"file\.bin is damaged"):
            container.read(Bytes(data[:size]), digest)


@pytest.mark.parametrize("extra", [b"\0", b"lineapy\0", bytes(100_000)])
def test_appended_bytes_are_found(extra: bytes) -> None:
    """A file that goes on after its end is damaged."""
    data, digest = small_file()
    with pytest.raises(CorruptArtifactError):
        container.read(Bytes(data + extra), digest)
    with pytest.raises(CorruptArtifactError):
        container.read(Bytes(data + data), "0" * 64)


@settings(deadline=None)
@given(st.data())
def test_mutations_are_found(data: st.DataObject) -> None:
    """No combination of cuts, insertions and copies within a file is read as that file."""
    original, digest = small_file()
    mutated = original[:]
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(mutated)))
        stop = data.draw(st.integers(start, min(len(mutated), start + 100)))
        source = data.draw(st.integers(0, len(original)))
        new = data.draw(st.binary(max_size=40) | st.just(bytes(original[source : source + 50])))
        mutated[start:stop] = new
    if mutated != original:
        with pytest.raises(CorruptArtifactError):
            container.read(Bytes(mutated), digest)


@settings(deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(0, 2**64 - 1) | st.integers(0, 5000),
    st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 5000), max_size=5),
    st.integers(0, 3),
    st.binary(max_size=5000),
)
def test_hostile_index(
    count: int, pickle_size: int, lengths: list[int], digests: int, body: bytes
) -> None:
    """An index made to deceive, under a digest made to fit, is refused before memory is taken."""
    index = struct.pack("<IIQ", 1, count if count % 2 else len(lengths), pickle_size)
    index += b"".join(struct.pack("<Q", length) for length in lengths)
    index += bytes(32 * digests)
    data = body + index + struct.pack("<Q", len(index)) + b"lineapy\0"
    digest = blake3(index).hexdigest()
    with pytest.raises(CorruptArtifactError):
        container.read(Bytes(data), digest)


def test_newer_format() -> None:
    """A file in a later format is not called damaged; the message says to upgrade."""
    data, _ = small_file()
    size = int.from_bytes(data[-16:-8], "little")
    index = bytearray(data[-16 - size : -16])
    index[0] = 2
    data[-16 - size : -16] = index
    with pytest.raises(StoreError, match=r"format 2.*upgrade") as caught:
        container.read(Bytes(data), blake3(index).hexdigest())
    assert not isinstance(caught.value, CorruptArtifactError)


def test_memory_that_changes_while_it_is_written() -> None:
    """A value that another thread changes meanwhile is stored as some state that it had."""
    buffer = bytearray(3 * container.CHUNK)
    encoded = Encoded(memoryview(b"N."), (memoryview(buffer),))
    data = bytearray(len(buffer) + 1000)

    def put(piece: memoryview, offset: int) -> None:
        data[offset : offset + len(piece)] = piece
        buffer[:] = b"x" * len(buffer)

    digest, size = container.write(encoded, put, in_order=True)
    container.verify(Bytes(data[:size]), digest)


def test_errors_of_threads_arrive() -> None:
    """What a piece of work raises in any thread is raised to the caller."""

    def work(number: int) -> None:
        if number == 5:
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        container.each(work, 10_000)
