"""What the plugin costs those who do not use it, and the ways in which pytest is run."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.inner_pytest import InnerPytest

_HEAVY = {"alembic", "hypothesis", "lineapy_store", "mlflow", "numpy", "pandas", "sqlalchemy"}

_TWO_STORES = """
import threading
import lineapy_store as lineapy

def test_one(lineapy_store):
    assert lineapy.save(1, "x").version == 0
    assert lineapy_store.get("x").get_value() == 1

def test_other(lineapy_store):
    assert lineapy.save(2, "x").version == 0
"""


def test_loading_imports_nothing_heavy(tmp_path: Path) -> None:
    """A run of tests that use none of it has imported none of the libraries behind it."""
    (tmp_path / "conftest.py").write_text(
        "import sys\n"
        "def pytest_sessionfinish():\n"
        "    print('LOADED', *{name.partition('.')[0] for name in sys.modules})\n"
    )
    (tmp_path / "test_nothing.py").write_text("def test_nothing(): pass")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-s", "-p", "no:hypothesispytest", "-p", "no:randomly"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    (loaded,) = [line.split() for line in done.stdout.splitlines() if "LOADED" in line]
    assert "pytest_lineapy" in loaded
    assert _HEAVY.isdisjoint(loaded)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param((), id="plain"),
        pytest.param(("-n", "2"), id="xdist"),
        pytest.param(("-p", "no:xdist"), id="no-xdist"),
        pytest.param(("-p", "no:cacheprovider"), id="no-cacheprovider"),
        pytest.param(("-p", "no:setuponly", "-p", "no:setupplan"), id="no-setup-options"),
        pytest.param(("--import-mode=importlib",), id="importlib"),
    ],
)
def test_it_works_however_pytest_is_run(inner: InnerPytest, arguments: tuple[str, ...]) -> None:
    """Each test has a store of its own, however the run is configured."""
    inner.write(_TWO_STORES)
    inner.passes(*arguments, n=2)


def test_fixtures_are_listed_with_what_they_give(inner: InnerPytest) -> None:
    """--fixtures shows each public fixture with its sentence."""
    output = inner.run("--fixtures").stdout.str()
    for name in (
        *("lineapy_fresh_store", "lineapy_store", "lineapy_store_mlflow"),
        *("mlflow_server", "mlflow_tracking"),
    ):
        assert f"\n{name}" in output
    assert "no docstring available" not in output.partition("mlflow_server")[2][:200]


@pytest.mark.parametrize(
    ("arguments", "ini", "line"),
    [
        ((), {}, None),
        (("--lineapy-keep",), {}, "lineapy: keep=true (command line)"),
        ((), {"lineapy_start_timeout": "9"}, "lineapy: start-timeout=9.0 (ini)"),
        (
            ("--lineapy-mlflow=server",),
            {"lineapy_mlflow": "sqlite", "lineapy_database_url": "postgresql://me:pw@host/db"},
            "lineapy: mlflow=server (command line), database-url=postgresql://***@host/db (ini)",
        ),
    ],
)
def test_header_tells_where_settings_came_from(
    inner: InnerPytest, arguments: tuple[str, ...], ini: dict[str, str], line: str | None
) -> None:
    """What differs from the defaults is in one line of the header, without passwords."""
    inner.write("def test_nothing(): pass")
    inner.ini(**ini)
    output = inner.passes(*arguments)
    assert [each for each in output.splitlines() if each.startswith("lineapy:")] == (
        [line] if line else []
    )


def test_a_wrong_flag_in_the_ini_file_is_named(inner: InnerPytest) -> None:
    """The usage error says which option it is about."""
    inner.ini(lineapy_keep="maybe")
    result = inner.run()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(["ERROR: lineapy_keep in the ini-file: *'maybe'*"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ("mlfow='sqlite'", "no argument 'mlfow'; did you mean 'mlflow'?"),
        ("'sqlite'", "no positional arguments, but got 'sqlite'"),
        ("mlflow='sqllite'", "is 'sqllite', but it has to be*did you mean 'sqlite'?"),
        ("options=['on_fallback']", "has to be a dict"),
        ("options={'on_falback': 'error'}", "not an option; did you mean 'on_fallback'?"),
        ("options={'on_fallback': 'eror'}", "must be one of*did you mean 'error'?"),
        ("options={'home_dir': '/'}", "'home_dir', which the fixture sets"),
    ],
)
def test_a_wrong_marker_is_an_error_that_names_the_nearest(
    inner: InnerPytest, arguments: str, message: str
) -> None:
    """The marked test fails before it runs, with what is wrong, and the others run."""
    inner.write(
        f"import pytest\n@pytest.mark.lineapy({arguments})\ndef test_marked(): note('ran')\n"
        "def test_other(): pass\n"
    )
    result = inner.run("--strict-markers")
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines([f"*{message}*"])
    assert "During handling" not in result.stdout.str()
    assert inner.notes() == []


def test_markers_add_up_to_the_stores_options(inner: InnerPytest) -> None:
    """A test's own marker goes before its class's and the file's; other options stay."""
    inner.write(
        """
import pytest
pytestmark = pytest.mark.lineapy(options={"on_fallback": "ignore", "logging_level": "DEBUG"})

@pytest.mark.lineapy(options={"on_fallback": "error"})
def test_marked(lineapy_store):
    assert lineapy_store.options.get("on_fallback") == "error"
    assert lineapy_store.options.get("logging_level") == "DEBUG"

def test_other(lineapy_store):
    assert lineapy_store.options.get("on_fallback") == "ignore"
"""
    )
    inner.passes("--strict-markers", n=2)
