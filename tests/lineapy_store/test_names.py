"""Names that can be kept, and names that cannot."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lineapy_store import ConfigurationError, InvalidNameError
from lineapy_store.names import check_alias, check_name, check_version


@pytest.mark.parametrize(
    "name", ["clf", "my model", "ünïcode", "数", "a.b-c_d", "team/churn", "a:b", "..a", "x" * 200]
)
def test_names_that_are_kept(name: str) -> None:
    """Ordinary names, in any script, are taken as they are."""
    assert check_name(name) == name


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "is empty"),
        (" a", "white space"),
        ("a\n", "white space"),
        ("a\0b", "cannot be printed"),
        ("a\x1b[31m", "cannot be printed"),
        ("a\u202eb", "cannot be printed"),
        ("\ud800", "cannot be printed"),
        ("..", "part of a path"),
        (".", "part of a path"),
        ("../etc", "part of a path"),
        ("a/../b", "part of a path"),
        ("a\\..\\b", "part of a path"),
        ("x" * 201, "at most 200"),
        (None, "must be a text"),
        (3, "must be a text"),
        (b"a", "must be a text"),
    ],
)
def test_names_that_are_refused(name: object, why: str) -> None:
    """The error says why; a name of any other type is refused too."""
    with pytest.raises(InvalidNameError, match=why):
        check_name(name)


@given(st.text(st.characters(), max_size=300))
def test_a_name_is_kept_as_it_is_or_refused(name: str) -> None:
    """No text is changed, and none gives another error."""
    with contextlib.suppress(InvalidNameError):
        assert check_name(name) == name


@pytest.mark.parametrize("alias", ["latest", "all", "3", "-1", ""])
def test_an_alias_does_not_mean_a_version(alias: str) -> None:
    """What already says which version is meant cannot be an alias."""
    with pytest.raises(InvalidNameError):
        check_alias(alias)


class Index:
    """A whole number of another library's."""

    def __index__(self) -> int:
        """Returns it."""
        return 7


@pytest.mark.parametrize(
    ("version", "known"),
    [
        (3, 3),
        ("3", 3),
        (None, "latest"),
        ("latest", "latest"),
        ("prod", "prod"),
        (Index(), 7),
        ("9" * 5000, "9" * 5000),
    ],
    ids=lambda value: str(value)[:9],
)
def test_versions_of_every_kind(version: object, known: int | str) -> None:
    """Whole numbers of any type or as text, "latest" and aliases are versions."""
    assert check_version(version) == known


@pytest.mark.parametrize(
    "version",
    [True, 1.0, b"latest", [], {}, 10**18, -(10**5000)],
    ids=lambda version: type(version).__name__,
)
def test_what_is_no_version_is_refused(version: object) -> None:
    """Anything else is an error that names it, and never taken for a version."""
    with pytest.raises(ConfigurationError, match="is not a version"):
        check_version(version)
