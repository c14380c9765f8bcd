"""Differences of what NumPy, pandas and SciPy hold: every bit, label and dtype counts."""

from __future__ import annotations

import pickle
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineapy_store import differences

if TYPE_CHECKING:
    from collections.abc import Callable

np = pytest.importorskip("numpy", reason="arrays are NumPy's")


def lines(left: object, right: object) -> list[str]:
    """What a person is shown."""
    return [str(each) for each in differences(left, right)]


def again(value: Any) -> Any:
    """The value after a round trip through pickle."""
    return pickle.loads(pickle.dumps(value, protocol=5))  # noqa: S301 - made here


DTYPES = [
    *("f2", "f4", "f8", ">f8", "c8", "c16", ">c16", "i1", "i2", ">i4", "i8", "u1", "u8"),
    *("M8[D]", "m8[ns]", "S3", "V5"),
    np.dtype([("a", "f8"), ("b", "u1"), ("c", "i2", (2,))], align=True),
]


@given(data=st.data())
def test_every_bit_of_an_array_counts(data: st.DataObject) -> None:
    """An array with one other bit differs in exactly the element that has the bit."""
    dtype = np.dtype(data.draw(st.sampled_from(DTYPES)))
    shape = data.draw(st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple))
    order = data.draw(st.sampled_from("CF"))
    size = dtype.itemsize * int(np.prod(shape))
    content = data.draw(st.binary(min_size=size, max_size=size))
    left = np.frombuffer(content, dtype).reshape(shape, order=order)
    right = left.copy(order="K")
    name = data.draw(st.sampled_from(dtype.names)) if dtype.names else None
    place = tuple(data.draw(st.integers(0, length - 1)) for length in shape)
    element = right[name] if name else right
    place += (0,) * (element.ndim - len(place))
    # An array, since a scalar of bytes has no zeros at its end.
    changed = np.array(element[(*place, np.newaxis)], order="C")
    bit = data.draw(st.integers(0, 8 * changed.nbytes - 1))
    changed.view("u1")[bit // 8] ^= 1 << bit % 8
    element[place] = changed[0]
    # A flipped bit that assignment does not keep, such as of a signalling NaN, is none.
    flipped = element[place].tobytes() != (left[name] if name else left)[place].tobytes()
    found = differences([left], [right])
    expected = f"[0]{f'[{name!r}]' if name else ''}{list(place)}"
    assert [each.path for each in found] == [expected] * flipped
    assert [each.path for each in differences([right], [left])] == [expected] * flipped
    assert lines(left, again(left)) == []


@given(data=st.data(), strides=st.lists(st.integers(1, 3), min_size=2, max_size=2))
def test_views_are_equal_to_what_they_pickle_as(data: st.DataObject, strides: list[int]) -> None:
    """A part of an array, which pickling makes contiguous, does not differ from its copy."""
    whole = np.arange(48.0).reshape(6, 8)
    part = whole[:: strides[0], :: strides[1]]
    part = part.T if data.draw(st.booleans()) else part
    assert lines(part, again(part)) == []


ARRAYS: list[tuple[Any, Any, list[str]]] = [
    (np.zeros(2), np.zeros(2, "f4"), ["dtype dtype('float64') != dtype('float32')"]),
    (np.zeros(2), np.zeros(2, ">f8"), ["dtype dtype('float64') != dtype('>f8')"]),
    (np.zeros((2, 3)), np.zeros((3, 2)), ["shape (2, 3) != (3, 2)"]),
    (np.zeros((2, 3)), np.zeros((2, 3), order="F"), ["order 'C' != 'F'"]),
    (np.array([0.0]), np.array([-0.0]), ["[0]: 0.0 != -0.0"]),
    (np.array(5), np.array(6), ["5 != 6"]),
    (np.array([True, False]), np.array([True, True]), ["[1]: False != True"]),
    (np.array(["a", "bb"]), np.array(["a", "bc"]), ["[1]: 'bb' != 'bc'"]),
    (np.array([{"a": [1]}, 2]), np.array([{"a": [3]}, 2]), ["[0]['a'][0]: 1 != 3"]),
    (np.longdouble(1), np.longdouble(-1), ["1.0 != -1.0"]),
    (np.float64(1), 1.0, ["type numpy.float64 != float (1.0 and 1.0)"]),
    (np.float32(0.1), np.float32(0.2), ["0.1 != 0.2"]),
    (np.str_("a"), np.str_("bc"), ["'a' != 'bc'"]),
    (np.datetime64("2024"), np.datetime64("2025"), ["2024 != 2025"]),
    (np.dtype([("a", "f8")]), np.dtype([("a", "f4")]), ["dtype([('a', '<f8')]) != dtype("]),
    (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 3], mask=[0, 1]), [".data[1]: 2 != 3"]),
    (np.ma.array([1, 2], mask=[0, 1]), np.ma.array([1, 2]), [".mask[1]: True != False"]),
    (
        np.ma.array([1], fill_value=3),
        np.ma.array([1], fill_value=4),
        [".fill_value: 3 != 4"],
    ),
    (np.rec.array([(1, 2.0)]), np.rec.array([(1, 3.0)]), ["['f1'][0]: 2.0 != 3.0"]),
    (np.random.PCG64(1), np.random.MT19937(1), ["type numpy.random._pcg64.PCG64 != "]),
]


@pytest.mark.parametrize(("left", "right", "expected"), ARRAYS)
def test_arrays_and_scalars(left: Any, right: Any, expected: list[str]) -> None:
    """Dtype, byte order, shape, order, masks, types of scalars: each has its own line."""
    found = lines({"a": left}, {"a": right})
    assert len(found) == len(expected)
    for line, text in zip(found, expected, strict=True):
        assert line.removeprefix("['a']").removeprefix(": ").startswith(text)
    assert lines(left, again(left)) == []
    assert lines(right, again(right)) == []


def test_bytes_that_mean_nothing_are_not_compared() -> None:
    """Padding in records and in long floats is no difference, nor is a default fill value."""
    dtype = np.dtype([("a", "u1"), ("b", "f8")], align=True)
    left, right = (
        np.frombuffer(bytes([1, *filler, *(8 * [2])]), dtype) for filler in ([0] * 7, [9] * 7)
    )
    assert lines(left, right) == []
    asked, fresh = np.ma.array([1.0]), np.ma.array([1.0])
    assert asked.fill_value == 1e20
    assert lines(asked, fresh) == []


def test_comparing_changes_nothing() -> None:
    """A value pickles to the same bytes after it has been compared."""
    value = [np.ma.array([1.0]), np.random.default_rng(0), np.random.RandomState(0)]
    before = pickle.dumps(value)
    assert lines(value, again(value)) == []
    assert pickle.dumps(value) == before


@pytest.mark.parametrize("make", [np.random.default_rng, np.random.RandomState])
def test_random_generators_differ_once_they_are_used(make: Callable[[int], Any]) -> None:
    """A random generator is its state; one that has drawn is another."""
    left = make(1)
    right = again(left)
    assert lines(left, right) == []
    right.normal(size=1)
    assert any("['state']" in line for line in lines(left, right))


def test_many_differing_elements_are_one_difference() -> None:
    """A thousand differing elements are listed, more of them are counted."""
    left = np.zeros((1_001, 2))
    right = left.copy()
    right[:1_000, 1] = 1
    assert len(differences(left, right)) == 1_000
    right[1_000, 1] = 1
    [found] = differences([left], [right])
    assert str(found) == "[0]: 1,001 of 2,002 elements differ, the first is [0][0, 1]: 0.0 != 1.0"
    assert found.left is not None
    assert (found.kind, found.path) == ("elements", "[0]")


@given(
    st.lists(st.tuples(st.floats(width=32), st.floats(width=32)), min_size=1, max_size=5),
    st.sampled_from(["f4", "f8", "O"]),
    st.floats(0, 1),
)
def test_arrays_have_the_tolerance_of_their_elements(
    pairs: list[tuple[float, float]], dtype: str, rtol: float
) -> None:
    """Under a tolerance an array differs where its elements, taken one by one, differ."""
    left, right = (np.array(side, dtype) for side in zip(*pairs, strict=True))
    found = [each.path for each in differences(left, right, rtol=rtol, atol=0.25)]
    assert found == [
        f"[{place}]"
        for place, (one, other) in enumerate(
            zip(left.astype("f8"), right.astype("f8"), strict=True)
        )
        if differences(float(one), float(other), rtol=rtol, atol=0.25)
    ]


@pytest.mark.parametrize("layout", ["csr", "csc", "coo", "bsr", "dia", "lil", "dok"])
@pytest.mark.parametrize("kind", ["matrix", "array"])
def test_sparse_matrices(layout: str, kind: str) -> None:
    """Of a sparse matrix each stored value counts, explicit zeros too, but no notes on itself."""
    sparse = pytest.importorskip("scipy.sparse", reason="sparse matrices are SciPy's")
    dense = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 3.0], [0.0, 4.0, 0.0]])
    left = getattr(sparse, f"{layout}_{kind}")(dense)
    right = again(left)
    if layout in ("csr", "csc"):
        assert left.has_canonical_format
    assert lines(left, right) == []
    dense[1, 2] = 7
    right = getattr(sparse, f"{layout}_{kind}")(dense)
    [line] = lines(left, right)
    assert line.startswith(("._dict[", ".data["))
    assert line.endswith(": 3.0 != 7.0")
    dense[1, 2], dense[1, 1] = 3, 0.5
    assert lines(left, getattr(sparse, f"{layout}_{kind}")(dense)) != []
    other = getattr(sparse, f"{layout}_{'array' if kind == 'matrix' else 'matrix'}")(left)
    assert [each.kind for each in differences(left, other)] == ["type"]


def test_explicit_zeros_are_a_difference() -> None:
    """A sparse matrix that stores a zero is stored differently from one that does not."""
    sparse = pytest.importorskip("scipy.sparse", reason="sparse matrices are SciPy's")
    left = sparse.csr_matrix(([1.0, 0.0], ([0, 1], [0, 1])), shape=(2, 2))
    right = left.copy()
    right.eliminate_zeros()
    assert any(line.startswith(".data: shape (2,) != (1,)") for line in lines(left, right))


def frame() -> Any:
    """A table with a column of each common dtype."""
    pd = pytest.importorskip("pandas", reason="tables are pandas'")
    return pd.DataFrame(
        {
            "float": [1.0, float("nan")],
            "int": [1, 2],
            "text": ["a", None],
            "object": [[1], {"a": 1}],
            "kind": pd.Categorical(["u", "v"], categories=["u", "v", "w"]),
            "whole": pd.array([1, None], dtype="Int64"),
            "real": pd.array([1.5, None], dtype="Float64"),
            "flag": pd.array([True, None], dtype="boolean"),
            "string": pd.array(["a", None], dtype="string"),
            "time": pd.date_range("2024", periods=2),
            "zoned": pd.date_range("2024", periods=2, tz="UTC"),
            "gap": pd.to_timedelta([1, 2], unit="s"),
            "period": pd.period_range("2024", periods=2, freq="D"),
            "span": pd.interval_range(0, 2),
            "sparse": pd.arrays.SparseArray([0, 1]),
        },
        index=pd.Index(["r", "s"], name="row"),
    )


def columns() -> list[str]:
    """The columns of the table."""
    return [
        *("float", "int", "text", "object", "kind", "whole", "real", "flag", "string"),
        *("time", "zoned", "gap", "period", "span", "sparse"),
    ]


@pytest.mark.parametrize("column", columns())
def test_one_value_of_a_column(column: str) -> None:
    """One other value in a column of any dtype is found by its column and row."""
    left, right = frame(), frame()
    assert lines(left, again(left)) == []
    values = list(right[column])
    values[1] = values[0]
    right[column] = type(left)({"x": values}, index=right.index)["x"].astype(left[column].dtype)
    [found] = differences(left, right)
    assert found.path == f"[{column!r}].iloc[1]"
    assert [each.path for each in differences(right, left)] == [found.path]
    series = differences(left[column], right[column])
    assert [each.path for each in series] == [".iloc[1]"]
    assert [each.path for each in differences(left[column].array, right[column].array)] == ["[1]"]


CHANGES: dict[str, tuple[Callable[[Any], Any], list[str]]] = {
    "renamed": (lambda df: df.rename(columns={"int": "x"}), [".columns[1]: 'int' != 'x'"]),
    "dtype": (
        lambda df: df.astype({"int": "int32"}),
        ["['int']: dtype dtype('int64') != dtype('int32')"],
    ),
    "rows": (lambda df: df.iloc[:1], [".index: length 2 != 1"]),
    "label": (lambda df: df.rename(index={"s": "t"}), [".index[1]: 's' != 't'"]),
    "index name": (lambda df: df.rename_axis("x"), [".index.name: 'row' != 'x'"]),
    "attrs": (lambda df: df.attrs.update(a=1) or df, [".attrs['a']: 1 is extra"]),
    "flags": (
        lambda df: df.set_flags(allows_duplicate_labels=False),
        [".flags.allows_duplicate_labels: True != False"],
    ),
    "category": (
        lambda df: df.assign(kind=df["kind"].cat.rename_categories(["u", "v", "x"])),
        ["['kind'].dtype.categories[2]: 'w' != 'x'"],
    ),
    "missing category": (
        lambda df: df.assign(kind=df["kind"].cat.remove_unused_categories()),
        ["['kind'].dtype.categories: length 3 != 2"],
    ),
    "order of categories": (
        lambda df: df.assign(kind=df["kind"].cat.reorder_categories(["u", "w", "v"])),
        ["['kind'].dtype.categories[1]: 'v' != 'w'", "['kind'].dtype.categories[2]: 'w' != 'v'"],
    ),
    "ordered": (
        lambda df: df.assign(kind=df["kind"].cat.as_ordered()),
        ["['kind'].dtype.ordered: False != True"],
    ),
    "order of columns": (
        lambda df: df[["int", "float", *df.columns[2:]]],
        [".columns[0]: 'float' != 'int'", ".columns[1]: 'int' != 'float'"],
    ),
    "column": (lambda df: df.drop(columns="sparse"), [".columns: length 15 != 14"]),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_a_table_has_beside_its_values(change: str) -> None:
    """Labels, names, dtypes, categories and flags of a table each have their own line."""
    make, expected = CHANGES[change]
    assert lines(frame(), make(frame())) == expected


def test_labels_that_are_not_unique_or_no_numbers() -> None:
    """Columns are found by their place where labels do not tell them apart, NaNs included."""
    pd = pytest.importorskip("pandas", reason="tables are pandas'")
    for labels, path in (
        (["a", "a"], ".iloc[:, 1].iloc[0]"),
        (["a", float("nan")], "[nan].iloc[0]"),
    ):
        left, right = (pd.DataFrame([[1, last]], columns=list(labels)) for last in (2, 3))
        assert lines(left, again(right)) == [f"{path}: 2 != 3"]


def test_indexes() -> None:
    """An index has type, name, frequency and labels, one of several levels those of each."""
    pd = pytest.importorskip("pandas", reason="tables are pandas'")
    several = pd.MultiIndex.from_tuples([(1, "a"), (2, "b")], names=["n", "m"])
    other = pd.MultiIndex.from_tuples([(1, "a"), (2, "c")], names=["n", "x"])
    assert lines(several, again(several)) == []
    assert lines(several, other) == [
        ".levels[1].name: 'm' != 'x'",
        ".levels[1][1]: 'b' != 'c'",
    ]
    assert lines(several, several[::-1])[0] == ".codes[0][0]: 0 != 1"
    assert lines(pd.RangeIndex(3), pd.RangeIndex(4)) == [".stop: 3 != 4"]
    assert differences(pd.RangeIndex(3), pd.Index([0, 1, 2]))[0].kind == "type"
    days = pd.date_range("2024", periods=3)
    assert [each.path for each in differences(days, pd.DatetimeIndex(list(days)))] == [".freq"]


SCALARS: list[Callable[[Any], tuple[Any, Any]]] = [
    lambda pd: (pd.NA, None),
    lambda pd: (pd.NaT, pd.Timestamp("2024")),
    lambda pd: (pd.Timestamp("2024", tz="UTC"), pd.Timestamp("2024", tz="Europe/London")),
    lambda pd: (
        pd.Timestamp("2024"),
        pd.Timestamp("2024").as_unit("ns" if pd.Timestamp("2024").unit == "s" else "s"),
    ),
    lambda pd: (pd.Timedelta(1), pd.Timedelta(2)),
    lambda pd: (pd.Period("2024"), pd.Period("2024-01")),
    lambda pd: (pd.Interval(0, 1), pd.Interval(0, 1, closed="left")),
    lambda pd: (pd.offsets.MonthEnd(1), pd.offsets.MonthEnd(2)),
    lambda pd: (pd.CategoricalDtype(["a", "b"]), pd.CategoricalDtype(["b", "a"])),
]


@pytest.mark.parametrize("make", SCALARS)
def test_scalars_of_pandas(make: Callable[[Any], tuple[Any, Any]]) -> None:
    """Missing values, times, zones, units, spans, offsets and dtypes are told apart."""
    left, right = make(pytest.importorskip("pandas", reason="the scalars are pandas'"))
    assert differences(left, right)
    assert lines([left, right], again([left, right])) == []


def test_attributes_that_someone_gave_a_table() -> None:
    """What has been set on a table or a series, which pickling drops, is missing."""
    left = frame()
    with pytest.warns(UserWarning, match="columns"):
        left.note = ["mine"]
    assert lines(left, again(left)) == [".note: ['mine'] is missing"]


@pytest.mark.parametrize("dtype", ["Int64", "Float32", "boolean", "string"])
def test_missing_values_are_not_what_stands_in_for_them(dtype: str) -> None:
    """A missing value differs from zero, falsehood and empty text, one missing from no other."""
    pd = pytest.importorskip("pandas", reason="tables are pandas'")
    blank = "" if dtype == "string" else 0
    left, right = (pd.Series([blank, last]).astype(dtype) for last in (None, blank))
    assert [each.path for each in differences(left, right)] == [".iloc[1]"]
    assert lines(left, again(left)) == []
