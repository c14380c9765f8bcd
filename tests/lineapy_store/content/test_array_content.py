"""Arrays and tables come back as they were: values, type, order, whether they can be written."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lineapy_store.content import ContentStore, encode

if TYPE_CHECKING:
    from pathlib import Path

np = pytest.importorskip("numpy", reason="about numpy's arrays")
npst = pytest.importorskip("hypothesis.extra.numpy")


@pytest.fixture
def store(tmp_path: Path) -> ContentStore:
    """An empty store."""
    return ContentStore(str(tmp_path))


def reloaded(store: ContentStore, value: object, mmap_mode: str | None = None) -> Any:
    """Save a value and load it."""
    staged = store.stage(encode(value), key="key")
    store.publish(staged)
    return store.load(staged.digest, mmap_mode=mmap_mode)


@st.composite
def arrays(draw: st.DrawFn) -> Any:
    """Arrays of any type, shape, order and flags, small or tiled to be large."""
    dtypes = npst.scalar_dtypes() | npst.array_dtypes(max_size=2) | npst.byte_string_dtypes()
    array = draw(npst.arrays(draw(dtypes), npst.array_shapes(min_dims=0, min_side=0)))
    if draw(st.booleans()):
        array = np.tile(array, draw(st.integers(1, 2000)))
    form = draw(st.sampled_from(["C", "F", "reversed", "strided", "transposed", "read-only"]))
    if form in "CF":
        array = array.copy(order=form)
    elif form == "reversed":
        array = array[..., ::-1] if array.ndim else array
    elif form == "strided":
        array = array[::2] if array.ndim else array
    elif form == "transposed":
        array = array.T
    else:
        array.setflags(write=False)
    return array


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(array=arrays(), mmap_mode=st.sampled_from([None, "r", "c"]))
def test_any_array_comes_back(store: ContentStore, array: Any, mmap_mode: str | None) -> None:
    """Bytes, type, shape and order are in every mode what pickling alone preserves."""
    found = reloaded(store, array, mmap_mode)
    expected = pickle.loads(pickle.dumps(array, 5))  # noqa: S301 - our own
    assert type(found) is type(expected)
    assert (found.dtype, found.shape) == (expected.dtype, expected.shape)
    assert found.tobytes() == expected.tobytes()
    assert found.flags.c_contiguous == expected.flags.c_contiguous
    assert found.flags.f_contiguous == expected.flags.f_contiguous


@pytest.mark.parametrize("size", [10, 1_000_000])
@pytest.mark.parametrize("mmap_mode", [None, "c"])
def test_arrays_are_writable(store: ContentStore, size: int, mmap_mode: str | None) -> None:
    """An array that could be written can be again; one that could not, cannot."""
    frozen = np.ones(size)
    frozen.setflags(write=False)
    free, frozen = reloaded(store, [np.ones(size), frozen], mmap_mode)
    free[0] = 5
    assert free.sum() == size + 4
    assert not frozen.flags.writeable


def test_mapped_arrays_are_read_only(store: ContentStore) -> None:
    """With ``mmap_mode="r"`` a large array cannot be written, and a small one is as it was."""
    large, small = reloaded(store, [np.ones(1_000_000), np.ones(10)], "r")
    assert not large.flags.writeable
    assert small.flags.writeable


def test_mapped_value_outlives_its_file(store: ContentStore) -> None:
    """A mapped array stays readable after its file is deleted."""
    array = reloaded(store, np.arange(1_000_000), "r")
    for digest in list(store.digests()):
        store.delete(digest)
    assert array[-1] == 999_999


def test_many_small_arrays(store: ContentStore) -> None:
    """Thousands of arrays on both sides of what goes into the stream come back."""
    arrays = [np.full(size, size % 256, dtype="u1") for size in range(3000, 5500)]
    for found, array in zip(reloaded(store, arrays), arrays, strict=True):
        assert (found == array).all()
        assert len(found) == len(array)


@pytest.mark.parametrize("mmap_mode", [None, "r"])
def test_tables_come_back(store: ContentStore, mmap_mode: str | None) -> None:
    """A DataFrame of several types is equal to what was saved."""
    pd = pytest.importorskip("pandas", reason="about pandas' tables")
    frame = pd.DataFrame(
        {
            "number": np.arange(20_000) / 7,
            "whole": np.arange(20_000),
            "text": ["a", "bc", None, "é"] * 5000,
            "day": pd.date_range("2020-01-01", periods=20_000, tz="Europe/Vienna"),
            "kind": pd.Categorical(["x", "y"] * 10_000),
        }
    )
    pd.testing.assert_frame_equal(reloaded(store, frame, mmap_mode), frame)
