"""--lineapy-artifact-dir: the content of stores in a folder or at a URL, a part for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.inner_pytest import InnerPytest

_TESTS = """
import lineapy_store as lineapy

def test_one(lineapy_store):
    lineapy.save(1, "x")
    note(lineapy_store.options.get("artifact_storage_dir"))

def test_other(lineapy_store):
    lineapy.save(1, "x")
    note(lineapy_store.options.get("artifact_storage_dir"))
"""


@pytest.mark.parametrize("source", ["command line", "ini"])
def test_each_test_has_a_folder_of_its_own(inner: InnerPytest, source: str) -> None:
    """The folders are below the one that is given, and gone afterwards; what was there stays."""
    given = inner.path / "content"
    given.mkdir()
    (given / "mine").write_text("stays")
    inner.write(_TESTS)
    if source == "ini":
        inner.ini(lineapy_artifact_dir="content")
        inner.passes(n=2)
    else:
        inner.passes("--lineapy-artifact-dir=content", n=2)
    one, other = inner.notes()
    assert one != other
    assert one.startswith(f"{given}/")
    assert [path.name for path in given.iterdir()] == ["mine"]


def test_urls_are_those_of_fsspec(inner: InnerPytest) -> None:
    """Content at a URL is below it, and is removed after the test; the rest there stays."""
    inner.write(
        _TESTS
        + """
def test_afterwards():
    import fsspec
    system = fsspec.filesystem("memory")
    assert system.find("/bucket") == []

def test_fresh(lineapy_fresh_store):
    for _ in range(2):
        with lineapy_fresh_store() as store:
            assert store.save(1, "x").get_value() == 1
"""
    )
    inner.passes("--lineapy-artifact-dir=memory://bucket/", n=4)
    one, other = inner.notes()
    assert one != other
    assert one.startswith("memory://bucket/pytest_")


def test_wrong_places_are_usage_errors(inner: InnerPytest) -> None:
    """The error has the value and what it has to be."""
    for value, message in (("", "a folder, or a URL"), ("s3://", "has to name a place")):
        result = inner.run(f"--lineapy-artifact-dir={value}")
        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"ERROR: --lineapy-artifact-dir is {value!r}*{message}*"])


def test_a_factorys_folder_is_the_same_for_children(inner: InnerPytest) -> None:
    """A relative one is below the root, wherever a process that the test starts is."""
    inner.write(
        "import os\n"
        "from pytest_lineapy import factories\n"
        "store = factories.lineapy_store(artifact_dir='content')\n"
        "def test_it(store): note(os.environ['LINEAPY_ARTIFACT_STORAGE_DIR'])\n",
        name="sub/test_inner",
    )
    inner.ini()
    inner.passes("sub", "--rootdir=.")
    (place,) = inner.notes()
    assert place.startswith(f"{inner.path}/content/pytest_")
