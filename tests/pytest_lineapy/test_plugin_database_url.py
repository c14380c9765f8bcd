"""--lineapy-database-url: catalogs in PostgreSQL, a schema for each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.inner_pytest import InnerPytest

_TESTS = """
import os, subprocess, sys
import lineapy_store as lineapy

def test_one(lineapy_store):
    assert lineapy.save(1, "x").version == 0
    code = "import lineapy_store as lineapy; print(lineapy.get('x').get_value())"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert done.stdout == b"1\\n"

def test_other(lineapy_store):
    assert lineapy_store.options.get("database_url").startswith("postgresql://")
    assert lineapy.save(1, "x").version == 0

def test_fresh(lineapy_fresh_store):
    for _ in range(3):
        with lineapy_fresh_store() as store:
            assert store.save(1, "x").version == 0
"""


@pytest.mark.parametrize("source", ["command line", "ini"])
def test_each_test_has_a_schema_of_its_own(
    inner: InnerPytest, postgres_url: str, source: str
) -> None:
    """Tests do not see each other's catalogs, and nothing of them is left in the database."""
    import psycopg  # noqa: PLC0415 - there is an environment without it

    inner.write(_TESTS)
    if source == "ini":
        inner.ini(lineapy_database_url=postgres_url)
        inner.passes(n=3)
    else:
        inner.passes(f"--lineapy-database-url={postgres_url}", n=3)
    with psycopg.connect(postgres_url) as connection:
        left = connection.execute(
            "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'pytest%' UNION ALL "
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall()
    assert left == []


def test_wrong_urls_are_usage_errors(inner: InnerPytest) -> None:
    """The error has the value without its password, and what it has to be."""
    result = inner.run("--lineapy-database-url=mysql://me:pw@host/db")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines(
        ["ERROR: --lineapy-database-url is 'mysql://[*][*][*]@host/db', but it has to begin *"]
    )


def test_a_server_that_is_down_fails_the_test_with_the_options_name(inner: InnerPytest) -> None:
    """The message says which option led there."""
    pytest.importorskip("psycopg", reason="the driver for PostgreSQL is not installed")
    inner.write("def test_it(lineapy_store): pass")
    result = inner.run("--lineapy-database-url=postgresql://me@127.0.0.1:1/db")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["*cannot have a schema in the database of --lineapy-database-url*"]
    )
