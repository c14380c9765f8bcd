"""The selection rules, over their whole table."""

from __future__ import annotations

import itertools

import pytest

from lineapy_store import BackendUnavailableError, ConfigurationError
from lineapy_store.selection import Decision, Request, select

#: The table of the documentation: (R, U is set, D, has a flavor) -> result.
WARNED, ERROR = "lineapy, warned", "error"
TABLE: dict[tuple[str | None, bool, str | None, bool], str] = {
    ("lineapy", uri, default, flavor): "lineapy"
    for uri, default, flavor in itertools.product(
        (False, True), (None, "mlflow", "lineapy"), (False, True)
    )
}
TABLE |= {
    (None, False, default, flavor): "lineapy"
    for default, flavor in itertools.product((None, "mlflow", "lineapy"), (False, True))
}
TABLE |= {
    (None, True, None, True): "mlflow",
    (None, True, "mlflow", True): "mlflow",
    (None, True, None, False): "lineapy",
    (None, True, "mlflow", False): "lineapy",
    (None, True, "lineapy", True): "lineapy",
    (None, True, "lineapy", False): "lineapy",
}
TABLE |= {
    ("mlflow", True, default, flavor): "mlflow" if flavor else WARNED
    for default, flavor in itertools.product((None, "mlflow", "lineapy"), (False, True))
}
TABLE |= {
    ("mlflow", False, default, flavor): ERROR
    for default, flavor in itertools.product((None, "mlflow", "lineapy"), (False, True))
}


def request(
    asked: object, *, uri: bool = True, default: str | None = None, flavor: bool = True, **more: str
) -> Request:
    """Returns a request for a value that is an sklearn model or has no flavor."""
    return Request(
        storage_backend=asked,
        tracking_uri_set=uri,
        default_backend=default,
        flavor="sklearn" if flavor else None,
        value_type="sklearn.svm.SVC" if flavor else "builtins.dict",
        **more,
    )


def test_the_table_is_whole() -> None:
    """Every combination of the documented values has a row."""
    assert len(TABLE) == 3 * 2 * 3 * 2


@pytest.mark.parametrize(("row", "expected"), TABLE.items(), ids=str)
def test_every_row_of_the_table(
    row: tuple[str | None, bool, str | None, bool], expected: str
) -> None:
    """The decision is the one that the table names, and it gives a reason."""
    asked, uri, default, flavor = row
    if expected == ERROR:
        with pytest.raises(ConfigurationError, match="mlflow_tracking_uri"):
            select(request(asked, uri=uri, default=default, flavor=flavor))
        return
    decision = select(request(asked, uri=uri, default=default, flavor=flavor))
    assert decision.backend == expected.partition(",")[0]
    assert decision.warn == (expected == WARNED)
    assert decision.reason


@pytest.mark.parametrize("asked", ["MLflow", "mlfow", "", "s3", 3, True, b"mlflow"])
@pytest.mark.parametrize("uri", [False, True])
def test_anything_else_is_an_error_that_lists_the_backends(asked: object, uri: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """A backend that does not exist is refused, with the valid ones."""
    with pytest.raises(ConfigurationError, match=r"'mlflow', 'lineapy'"):
        select(request(asked, uri=uri))


def test_a_misspelt_backend_is_offered_the_nearest() -> None:
    """A typing error gets the name that was probably meant."""
    with pytest.raises(ConfigurationError, match="did you mean 'mlflow'"):
        select(request("mlfow"))


@pytest.mark.parametrize(("on_fallback", "warn"), [("warn", True), ("ignore", False)])
def test_on_fallback_decides_who_hears_of_it(on_fallback: str, warn: bool) -> None:  # noqa: FBT001 - a parameter of the table
    """A fallback is always recorded, and told unless the user asked not to be."""
    decision = select(request("mlflow", flavor=False, on_fallback=on_fallback))
    assert decision == Decision(
        backend="lineapy",
        reason="storage_backend='mlflow' was given, but no MLflow flavor takes builtins.dict",
        warn=warn,
    )


def test_on_fallback_error_makes_it_one() -> None:
    """With on_fallback='error' what MLflow cannot take is not saved elsewhere."""
    with pytest.raises(ConfigurationError, match=r"no MLflow flavor takes builtins\.dict"):
        select(request("mlflow", flavor=False, on_fallback="error"))


@pytest.mark.parametrize("asked", [None, "mlflow"])
def test_a_value_that_log_model_cannot_write_counts_as_without_flavor(asked: str | None) -> None:
    """An obstacle in the value itself is the reason that is recorded."""
    decision = select(request(asked, obstacle="an unfitted Prophet cannot be logged"))
    assert decision.backend == "lineapy"
    assert "an unfitted Prophet cannot be logged" in decision.reason
    assert decision.warn == (asked == "mlflow")


@pytest.mark.parametrize(("asked", "flavor"), [(None, True), ("mlflow", True), ("mlflow", False)])
def test_mlflow_selected_and_not_installed_says_what_to_install(
    asked: str | None,
    flavor: bool,  # noqa: FBT001 - a parameter of the table
) -> None:
    """Selecting an MLflow that is not there is an error and never a fallback."""
    with pytest.raises(BackendUnavailableError, match=r"pip install 'pytest-lineapy\[mlflow\]'"):
        select(request(asked, flavor=flavor, mlflow_missing="mlflow is not installed"))


@pytest.mark.parametrize(
    ("asked", "uri", "default"),
    [("lineapy", True, None), (None, False, None), (None, True, "lineapy")],
)
def test_mlflow_is_not_needed_where_it_is_not_selected(
    asked: str | None,
    uri: bool,  # noqa: FBT001 - a parameter of the table
    default: str | None,
) -> None:
    """Without MLflow everything else works."""
    missing = "mlflow is not installed"
    decision = select(request(asked, uri=uri, default=default, mlflow_missing=missing))
    assert decision.backend == "lineapy"


def test_an_ordinary_value_needs_no_mlflow() -> None:
    """A value that was never a model is saved though a tracking URI without MLflow is set."""
    decision = select(request(None, flavor=False, mlflow_missing="mlflow is not installed"))
    assert decision.backend == "lineapy"
