"""NumPy: arrays bit by bit, and what comes with them. The library is never imported here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from lineapy_store.comparison._difference import Difference
from lineapy_store.comparison._objects import attributes
from lineapy_store.comparison._steps import Comparer, Pair, surely_equal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineapy_store.comparison._steps import Path, Step
    from lineapy_store.comparison._walk import Walk

#: How many elements of one array are listed one by one.
_MOST = 1_000


class Found(NamedTuple):
    """How a class of a library is compared; see ``Entry``."""

    comparers: tuple[Comparer, ...]
    leaf: bool = False


def named(*names: str) -> Comparer:
    """A comparer for objects that show all they are in a few attributes."""

    def compare(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
        for name in names:
            yield Pair(getattr(left, name, None), getattr(right, name, None), path.attribute(name))

    return compare


def find(kind: type) -> Found | None:
    """How a class of NumPy is compared."""
    np: Any = sys.modules.get("numpy")
    if np is None or not hasattr(np, "ndarray"):
        return None
    found = {
        np.ma.MaskedArray: Found((masked,)),
        np.memmap: Found((array,)),
        np.ndarray: Found((array, attributes)),
        **dict.fromkeys((np.generic, np.str_, np.bytes_), Found((scalar,), leaf=True)),
        np.dtype: Found((dtype,), leaf=True),
    }.get(kind)
    random: Any = sys.modules.get("numpy.random")
    if found or random is None:
        return found
    # Versions that cannot spawn generators do not keep what they would be spawned from.
    seeds = ["seed_seq"] if hasattr(random.Generator, "spawn") else []
    return {
        random.Generator: Found((named("bit_generator"),)),
        random.BitGenerator: Found((named("state", *seeds),)),
        random.RandomState: Found((_random_state,)),
        random.SeedSequence: Found((named("state"),)),
    }.get(kind)


def _random_state(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    ours, theirs = left.get_state(legacy=False), right.get_state(legacy=False)
    yield Pair(ours, theirs, path.at(".get_state(legacy=False)"))


def dtype(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare dtypes."""
    if left != right or not walk.equal(left.metadata, right.metadata):
        yield Difference(str(path), left, right, "value")


def scalar(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare scalars of NumPy."""
    np: Any = sys.modules["numpy"]
    if isinstance(left, str | bytes):
        # The dtype of text has its length.
        base: Any = str if isinstance(left, str) else bytes
        if not base.__eq__(left, right):
            yield Difference(str(path), left, right, "value")
    else:
        yield from array(np.asarray(left), np.asarray(right), path, walk)


def masked(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare arrays with a mask, what is masked included."""
    np: Any = sys.modules["numpy"]
    yield Pair(left.data, right.data, path.attribute("data"))
    yield Pair(np.ma.getmaskarray(left), np.ma.getmaskarray(right), path.attribute("mask"))
    # The property would fill in the default, and pickling shows whether that has been done.
    ours, theirs = (vars(each).get("_fill_value") for each in (left, right))
    ours = np.ma.default_fill_value(left) if ours is None else ours
    theirs = np.ma.default_fill_value(right) if theirs is None else theirs
    yield Pair(np.asarray(ours), np.asarray(theirs), path.attribute("fill_value"))
    yield Pair(left.hardmask, right.hardmask, path.attribute("hardmask"))


def array(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare arrays."""
    np: Any = sys.modules["numpy"]
    left, right = left.view(np.ndarray), right.view(np.ndarray)
    if left.dtype != right.dtype:
        yield Difference(str(path), left.dtype, right.dtype, "dtype")
    if left.shape != right.shape:
        yield Difference(str(path), left.shape, right.shape, "shape")
    if left.dtype != right.dtype or left.shape != right.shape:
        return
    if {_order(left), _order(right)} == {"C", "F"}:
        yield Difference(str(path), _order(left), _order(right), "order")

    def at(place: int) -> Path:
        indices = ", ".join(map(str, np.unravel_index(place, left.shape)))
        return path.at(f"[{indices}]") if left.ndim else path

    yield from elements(left, right, path, walk, at)


def _order(values: Any) -> str | None:
    """Order in memory, where there is but one: pickling makes the others contiguous."""
    if values.flags.c_contiguous == values.flags.f_contiguous:
        return None
    return "C" if values.flags.c_contiguous else "F"


def elements(
    left: Any, right: Any, path: Path, walk: Walk, at: Callable[[int], Path]
) -> Iterator[Step]:
    """Compare the elements of arrays of one dtype and shape.

    Args:
        left: An array.
        right: An array.
        path: Where they are.
        walk: The comparison.
        at: Where the element is that has this place in C order.
    """
    np: Any = sys.modules["numpy"]
    if left.dtype.names:
        for name in left.dtype.names:
            yield Pair(left[name], right[name], path.item(name))
        return
    ours, theirs = left.reshape(-1), right.reshape(-1)
    if left.dtype.kind in "OT":
        pairs = zip(ours.tolist(), theirs.tolist(), strict=True)
        for place, (mine, other) in enumerate(pairs):
            if not surely_equal(mine, other):
                yield Pair(mine, other, at(place))
        return
    places = np.flatnonzero(_unequal(ours, theirs, walk))
    if len(places) > _MOST:
        first = Difference(str(at(places[0])), ours[places[0]], theirs[places[0]], "value")
        detail = f"{len(places):,} of {left.size:,} elements differ, the first is {first}"
        yield Difference(str(path), left, right, "elements", detail)
        return
    for place in places.tolist():
        yield Difference(str(at(place)), ours[place], theirs[place], "value")


def _unequal(left: Any, right: Any, walk: Walk) -> Any:
    """Which elements differ, of flat arrays of one dtype."""
    np: Any = sys.modules["numpy"]
    kind, size = left.dtype.kind, left.dtype.itemsize
    if kind in "fc" and (walk.rtol or walk.atol):
        return _far(left, right, walk)
    if kind == "c":
        return _unequal(left.real, right.real, walk) | _unequal(left.imag, right.imag, walk)
    if kind == "f" and size > 8:  # noqa: PLR2004 - longer floats have bits that mean nothing
        same = (left == right) & (np.signbit(left) == np.signbit(right))
        return ~(same | (np.isnan(left) & np.isnan(right)))
    if kind in "fmM":
        return left.view(f"u{size}") != right.view(f"u{size}")
    if kind == "V" and size:
        flat = (np.ascontiguousarray(each).view("u1").reshape(-1, size) for each in (left, right))
        return np.not_equal(*flat).any(axis=1)
    # Text and bytes without a character have nothing to compare, like such a void.
    return left != right if size else np.zeros(left.shape, bool)


def _far(left: Any, right: Any, walk: Walk) -> Any:
    """Which floating-point numbers are further apart than the tolerance."""
    np: Any = sys.modules["numpy"]
    # At least in double precision, as single numbers are: less would round the tolerance.
    wide = np.result_type(left.dtype, np.float64)
    left, right = left.astype(wide), right.astype(wide)
    with np.errstate(all="ignore"):
        larger = np.maximum(np.abs(left), np.abs(right))
        near = np.abs(left - right) <= walk.atol + walk.rtol * larger
    near &= np.isfinite(left) & np.isfinite(right)
    near |= left == right
    near |= np.isnan(left) & np.isnan(right)
    return ~near
