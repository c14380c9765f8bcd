"""Stores for tests, each with nothing but what the test puts in."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from lineapy_store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a temporary folder, without MLflow."""
    with Store(home_dir=tmp_path / "home") as store:
        yield store


@pytest.fixture(params=["sqlite", "server"])
def tracking_uri(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> str:
    """A tracking URI: an SQLite database of the test's own, or the server that all share."""
    pytest.importorskip("mlflow", reason="what is tested is MLflow's side")
    # MLflow keeps the artifacts of a new SQLite database in the working directory.
    monkeypatch.chdir(tmp_path)
    if request.param == "server":
        url: str = request.getfixturevalue("mlflow_server_url")
        return url
    return request.getfixturevalue("mlflow_database")(tmp_path / "mlflow.db")  # type: ignore[no-any-return]


@pytest.fixture
def mlflow_store(tmp_path: Path, tracking_uri: str) -> Iterator[Store]:
    """A store in a temporary folder whose models go to MLflow."""
    with Store(home_dir=tmp_path / "home", mlflow_tracking_uri=tracking_uri) as store:
        yield store


@pytest.fixture
def name() -> str:
    """A name that nobody else uses in a server that all tests share."""
    return f"model-{uuid.uuid4().hex[:12]}"
