"""Hypothesis strategies: fitted models, other values, and what a store can be asked.

An example is printed as code, after the imports that it needs, and can be pasted::

    from sklearn.linear_model import LogisticRegression
    from pytest_lineapy.training import fit
    Falsifying example: test_it(
        model=fit(LogisticRegression(C=0.5), rows=4),
    )

Libraries are imported, and Prophet's models are fitted, when a strategy is first used in a test,
before the time that examples take is measured.
"""

from __future__ import annotations

import importlib
import importlib.util
import math
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from lineapy_store import InvalidNameError
from lineapy_store.configuration import BACKENDS, nearest
from lineapy_store.flavors import FLAVORS
from lineapy_store.names import MAX_LENGTH, check_name
from pytest_lineapy.training import fit_prophet

try:
    from hypothesis import note
    from hypothesis import strategies as st
    from hypothesis.control import BuildContext, current_build_context
    from hypothesis.errors import InvalidArgument
    from hypothesis.vendor.pretty import IDKey
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "pytest_lineapy.strategies needs Hypothesis: pip install 'pytest-lineapy[hypothesis]'",
        name=error.name,
    ) from error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from hypothesis.strategies import DrawFn, SearchStrategy
    from hypothesis.vendor.pretty import RepresentationPrinter

__all__ = [
    "artifact_names",
    "models",
    "objects",
    "option_states",
    "save_requests",
    "unsupported_objects",
]

#: Names that have a meaning for a shell, a file system, a database, a URL or the store itself.
_HOSTILE_NAMES = (
    "latest",
    "all",
    "0",
    "None",
    "a b",
    "a/b",
    "a\\b",
    "a:b",
    "models:/a/1",
    "~",
    ".hidden",
    "...",
    "-rf",
    "$HOME",
    "%00",
    "100%",
    "_",
    "*",
    "'; DROP TABLE x; --",
    '"',
    "`a`",
    "{name}",
    "<b>",
    "CON",
    "a\u0301",
    "\u00e1",
    "\U0001f600",
    "\u05d0",
    "a" * MAX_LENGTH,
)

_REFUSED_NAMES = (
    "",
    ".",
    "..",
    "../a",
    "a/../b",
    "..\\a",
    " a",
    "a\t",
    "a\nb",
    "a\0b",
    "\u202ea",
    "\ud800",
    "a" * (MAX_LENGTH + 1),
)


def models(flavors: Iterable[str] | None = None) -> SearchStrategy[Any]:
    """Generates fitted models that MLflow takes, over their parameters and the data's shapes.

    Args:
        flavors: Names of MLflow flavors, such as ``["sklearn", "xgboost"]``; by default all
            whose library is installed.

    Raises:
        InvalidArgument: No such flavor, or its library is not installed.
    """
    chosen = _checked_flavors(flavors)
    return st.deferred(lambda: st.one_of([_MODELS[flavor]() for flavor in chosen]))


def unsupported_objects() -> SearchStrategy[Any]:
    """Generates values that MLflow has no flavor for, and models that it cannot take.

    They can all be pickled: plain values and containers, arrays and tables, functions, a class, an
    estimator that has not been fitted but would have to be, a list that holds a model.
    """
    return st.deferred(_unsupported)


def objects() -> SearchStrategy[Any]:
    """Generates values of any kind that can be pickled, models among them."""
    return st.deferred(lambda: _unsupported() | models() if _installed() else _unsupported())


def artifact_names(*, valid: bool = True, registrable: bool = False) -> SearchStrategy[str]:
    """Generates names for artifacts, hostile ones among them.

    Args:
        valid: Names that a store keeps; otherwise texts that it has to refuse.
        registrable: Only names that MLflow's registry takes, too: without ``/`` and ``:``.

    Raises:
        InvalidArgument: Names that are refused cannot be registered.
    """
    if not valid:
        if registrable:
            raise InvalidArgument("registrable=True: what is not a valid name is not registered")
        return st.sampled_from(_REFUSED_NAMES) | _refused_texts()

    def fits(name: str) -> bool:
        return _is_kept(name) and not (registrable and set(name) & set("/:"))

    printable = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
    texts = st.text(printable, min_size=1, max_size=MAX_LENGTH).filter(fits)
    return (
        st.text("abc", min_size=1, max_size=3)
        | st.sampled_from([name for name in _HOSTILE_NAMES if fits(name)])
        | texts
    )


def option_states(*, mlflow_tracking_uri: str | None = None) -> SearchStrategy[dict[str, Any]]:
    """Generates options of a store, as keywords of ``Store`` or ``options.context``.

    None of them says where the store is.

    Args:
        mlflow_tracking_uri: With it, the states in which models go there are generated too.
    """
    choices: dict[str, SearchStrategy[Any]] = {
        "default_ml_models_storage_backend": st.sampled_from(BACKENDS),
        "on_fallback": st.sampled_from(["warn", "error", "ignore"]),
        "signing_key": _keys() | st.lists(_keys(), min_size=1, max_size=2),
        "logging_level": st.sampled_from(["DEBUG", "INFO", "WARNING", "ERROR"]),
    }
    if mlflow_tracking_uri is not None:
        choices["mlflow_tracking_uri"] = st.just(mlflow_tracking_uri)
    return st.fixed_dictionaries({}, optional=choices)


def save_requests(
    values: SearchStrategy[Any] | None = None, *, mlflow: bool = False
) -> SearchStrategy[dict[str, Any]]:
    """Generates what ``save`` can be asked: ``store.save(**request)``.

    Beside the value, its name and perhaps a backend, there may be arguments of ``log_model``,
    of which ``save`` warns where the value goes to the lineapy backend.

    Args:
        values: What to save; by default ``objects()``.
        mlflow: Whether the store has a tracking URI. Only then may ``"mlflow"`` be asked for;
            names are those that can be registered.
    """
    backends = [None, *BACKENDS] if mlflow else [None, "lineapy"]
    tags = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.text("abc", max_size=3))
    return st.fixed_dictionaries(
        {
            "obj": objects() if values is None else values,
            "name": artifact_names(registrable=mlflow),
        },
        optional={
            "storage_backend": st.sampled_from(backends),
            "registered_model_name": st.none() | artifact_names(registrable=True),
            "tags": tags,
            "metadata": st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 9)),
            "pip_requirements": st.sampled_from([[], ["mlflow"]]),
            "await_registration_for": st.sampled_from([0, 10]),
        },
    )


def _checked_flavors(flavors: Iterable[str] | None) -> list[str]:
    installed = _installed()
    if flavors is None:
        if not installed:
            raise InvalidArgument(
                "models() has no library to train models with: "
                f"pip install 'pytest-lineapy[{FLAVORS[-1].name}]', or one of "
                f"{', '.join(flavor.name for flavor in FLAVORS)}"
            )
        return installed
    # A text would be taken for a list of letters.
    chosen = [flavors] if isinstance(flavors, str) else list(flavors)
    if not chosen:
        raise InvalidArgument("flavors=[] leaves nothing to generate; None means all")
    known = {flavor.name: flavor.library for flavor in FLAVORS}
    for flavor in chosen:
        if flavor not in known:
            raise InvalidArgument(
                f"{flavor!r} in flavors={flavors!r} is not a flavor{nearest(flavor, known)}. "
                f"Flavors: {', '.join(known)}"
            )
        if flavor not in installed:
            raise InvalidArgument(
                f"{flavor!r} in flavors={flavors!r} needs {known[flavor]}, which is not "
                f"installed: pip install 'pytest-lineapy[{flavor}]'. "
                f"Installed: {', '.join(installed) or 'none'}"
            )
    return chosen


def _installed() -> list[str]:
    return [flavor.name for flavor in FLAVORS if _is_there(flavor.library)]


def _is_there(library: str) -> bool:
    return importlib.util.find_spec(library) is not None


def _is_kept(name: str) -> bool:
    try:
        check_name(name)
    except InvalidNameError:
        return False
    return True


def _refused_texts() -> SearchStrategy[str]:
    """Texts around a letter that cannot be printed."""
    odd = st.characters(categories=("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    return st.tuples(st.text(max_size=2), odd, st.text(max_size=2)).map("".join)


def _keys() -> SearchStrategy[str]:
    return st.text("abc", min_size=1, max_size=3)


# Fitted models


def _sklearn_models() -> SearchStrategy[Any]:
    linear, tree = "sklearn.linear_model", "sklearn.tree"
    positive = st.floats(0.125, 8)
    depth, few = st.integers(1, 3), st.integers(1, 3)
    seeded = {"random_state": st.just(0)}  # pasted, it has to train the same model again
    logistic = _call(f"{linear}:LogisticRegression", C=positive, fit_intercept=st.booleans())
    ridge = _call(f"{linear}:Ridge", alpha=positive)
    scaler = _call("sklearn.preprocessing:StandardScaler", with_mean=st.booleans())
    last = logistic | ridge
    estimators = st.one_of(
        _call(f"{linear}:LinearRegression", fit_intercept=st.booleans()),
        logistic,
        ridge,
        scaler,
        _call_with(f"{tree}:DecisionTreeClassifier", (), seeded, {"max_depth": depth}),
        _call_with(f"{tree}:DecisionTreeRegressor", (), seeded, {"max_depth": depth}),
        _call(
            "sklearn.neighbors:KNeighborsClassifier", n_neighbors=few, weights=_among("distance")
        ),
        _call("sklearn.naive_bayes:GaussianNB", var_smoothing=positive),
        _call("sklearn.svm:SVC", C=positive, kernel=_among("linear", "poly")),
        _call_with(
            "sklearn.ensemble:RandomForestRegressor",
            (),
            seeded | {"n_estimators": few},
            {"max_depth": depth},
        ),
        _call("sklearn.pipeline:make_pipeline", scaler, last),
    )
    # KNeighborsClassifier looks at five rows unless told otherwise.
    return _call_with(
        "pytest_lineapy.training:fit",
        [estimators],
        {},
        _shapes() | {"classes": st.integers(2, 3), "rows": st.integers(5, 12)},
    )


def _xgboost_models() -> SearchStrategy[Any]:
    depth, trees = st.integers(1, 3), st.integers(1, 3)
    # Threads cost more than they gain for a few rows.
    params = st.fixed_dictionaries(
        {"nthread": st.just(1)},
        optional={
            "max_depth": depth,
            "eta": st.floats(0.125, 1),
            "objective": _among("count:poisson"),
        },
    )
    boosters = _call_with(
        "pytest_lineapy.training:fit_booster", [params], {}, _shapes() | {"rounds": trees}
    )
    if not _is_there("sklearn"):  # on which the other classes build
        return boosters
    estimators = [
        _call_with(
            f"xgboost:{name}",
            (),
            {"n_estimators": trees, "n_jobs": st.just(1)},
            {"max_depth": depth, "learning_rate": st.floats(0.125, 1)},
        )
        for name in ("XGBRegressor", "XGBClassifier", "XGBRFClassifier")
    ]
    fitted = _call_with(
        "pytest_lineapy.training:fit",
        [st.one_of(estimators)],
        {},
        _shapes() | {"classes": st.integers(2, 3)},
    )
    return boosters | fitted


def _statsmodels_models() -> SearchStrategy[Any]:
    return _call(
        "pytest_lineapy.training:fit_statsmodels",
        _among("OLS", "WLS", "GLM", "RLM"),
        rows=st.integers(6, 12),
        columns=st.integers(1, 3),
        formula=st.booleans(),
        seed=st.integers(0, 9),
    )


#: Arguments of ``fit_prophet``: each is fitted once for each process.
_PROPHETS: tuple[Mapping[str, Any], ...] = (
    {},
    {"growth": "flat"},
    {"days": 30, "seasonality_mode": "multiplicative"},
)


def _prophet_models() -> SearchStrategy[Any]:
    for arguments in _PROPHETS:
        fit_prophet(**arguments)
    return st.one_of(
        [
            _call_with(
                "pytest_lineapy.training:fit_prophet",
                (),
                {name: st.just(value) for name, value in arguments.items()},
                {},
            )
            for arguments in _PROPHETS
        ]
    )


_MODELS: Mapping[str, Callable[[], SearchStrategy[Any]]] = {
    "sklearn": _sklearn_models,
    "xgboost": _xgboost_models,
    "statsmodels": _statsmodels_models,
    "prophet": _prophet_models,
}


def _shapes() -> dict[str, SearchStrategy[Any]]:
    """Arguments for the data that a model is trained on."""
    shapes: dict[str, SearchStrategy[Any]] = {
        "rows": st.integers(4, 12),
        "columns": st.integers(1, 3),
        "seed": st.integers(0, 9),
    }
    if _is_there("pandas"):
        shapes["frame"] = st.booleans()
    return shapes


def _among(*values: Any) -> SearchStrategy[Any]:
    return st.sampled_from(values)


# Other values


def _reads_back(number: complex) -> bool:
    """Return whether Python reads the number that it prints, which it does not with a -0.0."""
    return "-0.0" not in (str(number.real), str(number.imag))


def _unsupported() -> SearchStrategy[Any]:
    numbers = st.booleans() | st.integers() | _floats()
    scalars = (
        st.none()
        | numbers
        | st.text()
        | st.binary()
        | st.complex_numbers(allow_nan=False, allow_infinity=False).filter(_reads_back)
    )
    hashable = scalars | _importing(
        "import datetime", st.datetimes() | st.dates() | st.timedeltas()
    )
    leaves = [
        hashable,
        _call("decimal:Decimal", st.integers() | _among("0.10", "-1E+3", "Infinity")),
        _call("fractions:Fraction", st.integers(), st.integers(1, 9)),
        _call_with("uuid:UUID", (), {"int": st.integers(0, 2**128 - 1)}, {}),
        _call("pathlib:PurePosixPath", st.text("ab/.", max_size=5)),
        st.builds(range, st.integers(0, 3), st.integers(0, 9)),
        _named("builtins", "len"),
        _named("builtins", "dict"),
        *_arrays_and_tables(),
        *_models_that_are_none(),
    ]
    return st.recursive(
        st.one_of(leaves),
        lambda parts: st.one_of(
            st.lists(parts, max_size=3),
            st.tuples(parts, parts),
            _dictionaries(hashable, parts),
            st.frozensets(hashable, max_size=3),
            st.sets(hashable, max_size=3),
            _call("types:SimpleNamespace", a=parts, b=parts),
        ),
        max_leaves=5,
    )


@st.composite
def _dictionaries(draw: DrawFn, keys: SearchStrategy[Any], values: SearchStrategy[Any]) -> Any:
    """As ``st.dictionaries``, which prints a dict by its repr, without asking what is in it."""
    return dict(draw(st.lists(st.tuples(keys, values), max_size=3)))


def _arrays_and_tables() -> list[SearchStrategy[Any]]:
    if not _is_there("numpy"):
        return []
    integers = st.lists(st.integers(0, 9), max_size=5)
    numbers = st.lists(_floats(width=32), max_size=5)
    found = [
        _call_with("numpy:array", [integers], {"dtype": _among("int64", "uint8", "float32")}, {}),
        _call_with("numpy:array", [numbers], {"dtype": _among("float64", "float32")}, {}),
        # Large enough to be kept beside the pickle.
        _call("numpy:arange", st.integers(1000, 2000)),
        _call("numpy:float32", _floats(0, 1, width=32)),
    ]
    if _is_there("pandas"):
        columns = st.fixed_dictionaries({"a": st.lists(st.integers(0, 9), min_size=2, max_size=2)})
        more = {"b": _among([0.5, 1.5], ["x", None], ["x", "y"])}
        found += [
            _call("pandas:DataFrame", columns | st.fixed_dictionaries(more)),
            _call_with("pandas:Series", [numbers], {"dtype": st.just("float64")}, {}),
        ]
    return found


def _models_that_are_none() -> list[SearchStrategy[Any]]:
    """What could be mistaken for a model that MLflow takes."""
    installed, found = _installed(), []
    if "sklearn" in installed:
        ridge = _call("sklearn.linear_model:Ridge", alpha=st.floats(0.125, 8))
        fitted = _call("pytest_lineapy.training:fit", ridge)
        found += [_named("sklearn.linear_model", "Ridge"), st.lists(fitted, min_size=1, max_size=2)]
    if {"sklearn", "xgboost"} <= set(installed):
        found.append(_call("xgboost:XGBRegressor", max_depth=st.integers(1, 3)))
    return found


@st.composite
def _floats(draw: DrawFn, *bounds: float, width: Any = 64) -> float:
    # Another object with the same value: a narrow one is printed as made by a function that nobody
    # can import.
    number = draw(st.floats(*bounds, width=width)) * 1.0
    if not math.isfinite(number):
        _tell("from math import inf, nan")
    # All NaNs are printed the same, so that there is only one.
    return math.nan if math.isnan(number) else number


# Printing


def _call(
    target: str, *arguments: SearchStrategy[Any], **optional: SearchStrategy[Any]
) -> SearchStrategy[Any]:
    """Generates what a call returns, with keywords that may be given or not."""
    return _call_with(target, arguments, {}, optional)


def _call_with(
    target: str,
    arguments: Iterable[SearchStrategy[Any]],
    required: Mapping[str, SearchStrategy[Any]],
    optional: Mapping[str, SearchStrategy[Any]],
) -> SearchStrategy[Any]:
    """Generates what a call returns, and prints it as the call.

    ``st.builds`` would print the object itself where that is shorter: a fitted estimator looks
    like one that is not.

    Args:
        target: What to call, as ``"module:name"``.
        arguments: Its positional arguments.
        required: Its keywords.
        optional: Keywords that may be given or not; an example shrinks to none of them.
    """
    module, _, name = target.partition(":")
    function = getattr(importlib.import_module(module), name)
    every_argument = st.tuples(
        st.tuples(*arguments), st.fixed_dictionaries(dict(required), optional=dict(optional))
    )

    @st.composite
    def call(draw: DrawFn) -> Any:
        positional, keywords = draw(every_argument)
        value = function(*positional, **keywords)
        _tell(f"from {module} import {name}")
        _print_as_call(value, name, positional, keywords)
        return value

    return call()


def _named(module: str, name: str) -> SearchStrategy[Any]:
    """Generates a class or function, which is printed with the module that it is defined in."""
    value = getattr(importlib.import_module(module), name)
    return _importing(f"import {value.__module__}", st.just(value))


def _importing(line: str | None, strategy: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """Generates the same, and tells what its printed form needs to be imported."""

    @st.composite
    def importing(draw: DrawFn) -> Any:
        value = draw(strategy)
        if line is not None:
            _tell(line)
        return value

    return importing()


_told: WeakKeyDictionary[BuildContext, set[str]] = WeakKeyDictionary()


def _tell(line: str) -> None:
    """Prints a line before the failing example, once."""
    told = _told.setdefault(current_build_context(), set())
    if line not in told:
        told.add(line)
        note(line)


def _print_as_call(
    value: object, name: str, positional: tuple[Any, ...], keywords: dict[str, Any]
) -> None:
    def show(_value: object, printer: RepresentationPrinter, _cycle: bool) -> None:  # noqa: FBT001 - Hypothesis calls it
        printer.repr_call(name, positional, keywords)

    current_build_context().known_object_printers[IDKey(value)] = [show]
