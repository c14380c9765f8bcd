"""What is kept between runs: whose it is, and that it is what MLflow itself would make."""

from __future__ import annotations

import importlib.util
import os
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy._cache import cache_folder, migrated_database, mlflow_identity

if TYPE_CHECKING:
    from pathlib import Path

# Makes databases with telemetry allowed, as it is where nobody has said anything.
_MAKE = """
import os, pathlib, sys
from pytest_lineapy._cache import migrated_database
for number in range(2):
    migrated_database(pathlib.Path(f"{number}.db"), "/artifacts")
assert "MLFLOW_DISABLE_TELEMETRY" not in os.environ
if "mlflow" in sys.modules:
    from mlflow.telemetry import get_telemetry_client
    assert get_telemetry_client() is None
print("mlflow" in sys.modules)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system's temporary folder of the test's own."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


def _rows(database: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(query).fetchall()


def test_cache_folder_is_private(temporary: Path) -> None:
    """The folder is in the temporary one, and nobody else can enter it."""
    folder = cache_folder()
    assert folder.parent == temporary
    assert folder.stat().st_mode & 0o777 == 0o700
    assert cache_folder() == folder


@pytest.mark.parametrize("kind", ["open to others", "link", "file"])
def test_cache_folder_of_somebody_else(temporary: Path, kind: str) -> None:
    """A folder that another user may have put there, or can write to, is refused."""
    folder = temporary / f"pytest-lineapy-{os.getuid()}"
    if kind == "file":
        folder.touch(0o700)
    elif kind == "link":
        (temporary / "elsewhere").mkdir(0o700)
        folder.symlink_to("elsewhere")
    else:
        folder.mkdir()
        folder.chmod(0o777)
    with pytest.raises(PermissionError, match="Remove it, or set TMPDIR"):
        cache_folder()


def test_without_mlflow(temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where MLflow is not installed the error says what to install."""
    assert temporary.exists()
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'pytest-lineapy\[mlflow\]'"):
        migrated_database(tmp_path / "mlflow.db", "")


def test_database_is_migrated_once(
    temporary: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first call makes what the others, in other processes too, copy without MLflow."""
    pytest.importorskip("mlflow", reason="the database is MLflow's")
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    for folder, imported in (("first", "True"), ("second", "False")):
        (tmp_path / folder).mkdir()
        done = subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-W", "ignore", "-c", _MAKE],
            cwd=tmp_path / folder,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == imported
    query = "SELECT experiment_id, name, artifact_location FROM experiments"
    assert _rows(tmp_path / "second" / "1.db", query) == [(0, "Default", "/artifacts")]
    assert [path.name for path in temporary.iterdir()] == [cache_folder().name]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout of MLflow, with a migration and a module of the server's."""
    package = tmp_path / "mlflow"
    for name in ("__init__.py", "store/db_migrations/versions/old.py", "server/handlers.py"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).touch()
    spec = importlib.util.spec_from_file_location("mlflow", package / "__init__.py")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: spec)
    return package


@pytest.mark.parametrize("name", ["new.py", "old.py"])
def test_another_mlflow_has_another_database(checkout: Path, name: str) -> None:
    """A checkout of MLflow with a migration that is new, or edited, is not given the old schema."""
    before = mlflow_identity()
    assert mlflow_identity() == before
    migration = checkout / "store" / "db_migrations" / "versions" / name
    migration.touch()
    os.utime(migration, (1, 1))
    assert mlflow_identity() != before


def test_code_of_a_checkout(checkout: Path) -> None:
    """An edited module makes another MLflow for who runs it, but not for its database."""
    before = mlflow_identity(code=True), mlflow_identity()
    os.utime(checkout / "server" / "handlers.py", (1, 1))
    assert mlflow_identity(code=True) != before[0]
    assert mlflow_identity() == before[1]
