"""pandas: labels, dtypes and values. The library is never imported here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lineapy_store.comparison import _scalars
from lineapy_store.comparison._difference import Difference
from lineapy_store.comparison._numpy import Found, elements
from lineapy_store.comparison._objects import compare_attributes, own_attributes
from lineapy_store.comparison._steps import Pair

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lineapy_store.comparison._steps import Path, Step
    from lineapy_store.comparison._walk import Walk


def find(kind: type) -> Found | None:
    """How a class of pandas is compared."""
    pd: Any = sys.modules.get("pandas")
    if pd is None or not hasattr(pd, "DataFrame"):
        return None
    comparers = {
        pd.DataFrame: frame,
        pd.Series: series,
        pd.RangeIndex: range_index,
        pd.MultiIndex: multi_index,
        pd.Index: index,
        pd.api.extensions.ExtensionArray: extension_array,
    }
    if kind in comparers:
        return Found((comparers[kind],))
    if kind in (pd.Timestamp, pd.Timedelta, pd.Period, pd.Interval):
        return Found((_scalars.reduced,), leaf=True)
    if kind is pd.api.extensions.ExtensionDtype:
        return Found((dtype,), leaf=True)
    return None


def frame(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare tables: columns with one name, or with one place if the names are the same."""
    yield Pair(left.columns, right.columns, path.attribute("columns"))
    yield Pair(left.index, right.index, path.attribute("index"))
    yield from _extras(left, right, path)
    unique = left.columns.is_unique and right.columns.is_unique
    if unique and not walk.same(left.columns, right.columns):
        # The labels are reported, so to find counterparts by their equality is enough.
        places = {label: place for place, label in enumerate(right.columns)}
        common = [(n, places[label]) for n, label in enumerate(left.columns) if label in places]
    else:
        common = [(place, place) for place in range(min(left.shape[1], right.shape[1]))]
    for place, other in common:
        ours, theirs = left.iloc[:, place].array, right.iloc[:, other].array
        column = path.item(left.columns[place]) if unique else path.at(f".iloc[:, {place}]")
        yield from _arrays(ours, theirs, column, walk, _rows(column))


def _rows(path: Path) -> Callable[[int], Path]:
    return lambda place: path.at(f".iloc[{place}]")


def series(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare series."""
    yield Pair(left.name, right.name, path.attribute("name"))
    yield Pair(left.index, right.index, path.attribute("index"))
    yield from _extras(left, right, path)
    yield from _arrays(left.array, right.array, path, walk, _rows(path))


def _extras(left: Any, right: Any, path: Path) -> Iterator[Step]:
    """Compare what a table or series has beside its labels and values."""
    yield Pair(left.attrs, right.attrs, path.attribute("attrs"))
    ours, theirs = (each.flags.allows_duplicate_labels for each in (left, right))
    yield Pair(ours, theirs, path.at(".flags.allows_duplicate_labels"))
    yield from compare_attributes(_set_by_users(left), _set_by_users(right), path.attribute)


def _set_by_users(table: Any) -> dict[str, Any]:
    """What has been set on a table, beside what pandas keeps there itself.

    Patsy sets ``design_info`` on the matrices that it makes from a formula; models keep it apart.
    """
    return {
        name: part
        for name, part in own_attributes(table).items()
        if not name.startswith("_") and name != "design_info"
    }


def range_index(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare ranges as an index."""
    for name in ("name", "start", "stop", "step"):
        yield Pair(getattr(left, name), getattr(right, name), path.attribute(name))


def multi_index(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare an index of several levels."""
    for name in ("levels", "codes"):
        yield Pair(list(getattr(left, name)), list(getattr(right, name)), path.attribute(name))


def index(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare labels."""
    yield Pair(left.name, right.name, path.attribute("name"))
    ours, theirs = getattr(left, "freq", None), getattr(right, "freq", None)
    yield Pair(ours, theirs, path.attribute("freq"))
    yield from extension_array(left.array, right.array, path, walk)


def extension_array(left: Any, right: Any, path: Path, walk: Walk) -> Iterator[Step]:
    """Compare arrays of pandas."""
    if len(left) != len(right):
        yield Difference(str(path), len(left), len(right), "length")
    yield from _arrays(left, right, path, walk, lambda place: path.at(f"[{place}]"))


def _arrays(
    left: Any, right: Any, path: Path, walk: Walk, at: Callable[[int], Path]
) -> Iterator[Step]:
    """Compare the dtypes and, if there are as many, the values of arrays of pandas."""
    left, right = _unwrapped(left), _unwrapped(right)
    has_categories = hasattr(left.dtype, "categories") and hasattr(right.dtype, "categories")
    if has_categories:
        yield from dtype(left.dtype, right.dtype, path.attribute("dtype"), walk)
    elif type(left.dtype) is not type(right.dtype) or left.dtype != right.dtype:
        yield Difference(str(path), left.dtype, right.dtype, "dtype")
        return
    if len(left) != len(right):
        return
    if isinstance(left, sys.modules["numpy"].ndarray):
        yield from elements(left, right, path, walk, at)
    elif not _surely_equal(left, right, walk):
        ours, theirs = (each.to_numpy(dtype=object) for each in (left, right))
        yield from elements(ours, theirs, path, walk, at)


def _unwrapped(values: Any) -> Any:
    """The array of NumPy, where pandas has but put its interface around one."""
    if type(values).__name__ in ("NumpyExtensionArray", "PandasArray"):
        return values.to_numpy()
    return values


def _surely_equal(left: Any, right: Any, walk: Walk) -> bool:
    """Whether the numbers that arrays of one dtype are made of are the same."""
    if hasattr(left.dtype, "categories"):
        # Codes mean the same only if the categories do.
        same = walk.same(left.dtype.categories, right.dtype.categories)
        return same and _same_bits(left.codes, right.codes)
    if hasattr(left, "asi8"):
        return _same_bits(left.asi8, right.asi8)
    numbers = getattr(left.dtype, "numpy_dtype", None)
    if numbers is not None and numbers.kind in "biuf" and hasattr(left, "isna"):
        ours, theirs = (each.to_numpy(dtype=numbers, na_value=0) for each in (left, right))
        return _same_bits(left.isna(), right.isna()) and _same_bits(ours, theirs)
    return False


def _same_bits(left: Any, right: Any) -> bool:
    return bool(left.tobytes() == right.tobytes())


def dtype(left: Any, right: Any, path: Path, _walk: Walk) -> Iterator[Step]:
    """Compare dtypes that pandas has added."""
    if hasattr(left, "categories"):
        yield Pair(left.categories, right.categories, path.attribute("categories"))
        yield Pair(left.ordered, right.ordered, path.attribute("ordered"))
    elif left != right:
        yield Difference(str(path), left, right, "value")
