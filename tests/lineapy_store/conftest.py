"""Stores for tests, each with nothing but what the test puts in."""

from __future__ import annotations

import dataclasses
import json
import os
import subprocess
import sys
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import Store
from lineapy_store.slicing._capture_session import Session, session_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lineapy_store import Artifact


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in a temporary folder, without MLflow."""
    with Store(home_dir=tmp_path / "home") as store:
        yield store


@dataclasses.dataclass(frozen=True)
class Captured:
    """What a save kept of the source that it was called from.

    Attributes:
        document: As it was kept.
        session: All that ran, as one text.
    """

    document: dict[str, Any]
    session: Session

    @property
    def call(self) -> str:
        """The lines of the call, from the module's top level."""
        assert self.session.call is not None
        first, last = self.session.call
        return "\n".join(self.session.source.split("\n")[first - 1 : last])

    @property
    def before(self) -> str:
        """The lines before the call."""
        assert self.session.call is not None
        return "\n".join(self.session.source.split("\n")[: self.session.call[0] - 1])


@pytest.fixture
def captured() -> Callable[[Artifact], Captured]:
    """Tells what a save kept."""

    def captured(artifact: Artifact) -> Captured:
        document, texts = artifact._store._captured(artifact._record)  # noqa: SLF001 - nothing public shows all of it
        return Captured(json.loads(document), session_of(document, texts))

    return captured


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """The environment of another process whose store is that of the test."""
    return os.environ | {
        "HOME": str(tmp_path),
        "LINEAPY_HOME_DIR": str(tmp_path / "home"),
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
    }


@pytest.fixture
def run_python(
    tmp_path: Path, elsewhere: dict[str, str]
) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs an interpreter in ``tmp_path``, with the store of the test as the current one."""

    def run_python(*arguments: str, **keywords: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # type: ignore[call-overload,no-any-return]  # noqa: S603 - ours
            [sys.executable, *arguments],
            **{
                "cwd": tmp_path,
                "env": elsewhere,
                "timeout": 100,
                "text": True,
                "stdout": subprocess.PIPE,
                "stdin": subprocess.DEVNULL,
            }
            | keywords,
            check=True,
        )

    return run_python


@pytest.fixture
def ran(tmp_path: Path, store: Store, run_python: Callable[..., Any]) -> Callable[..., Store]:
    """Runs scripts one after the other, and returns the store to which they have saved."""

    def ran(*sources: str) -> Store:
        for source in sources:
            (tmp_path / "main.py").write_text(source, encoding="utf-8")
            run_python("main.py")
        return store

    return ran


@pytest.fixture
def saved_by(
    tmp_path: Path, store: Store, run_python: Callable[..., Any]
) -> Callable[..., Artifact]:
    """Runs a script, and returns an artifact that it has saved."""

    def saved_by(source: str, name: str = "it") -> Artifact:
        (tmp_path / "main.py").write_bytes(source.encode())
        run_python("main.py")
        return store.get(name)

    return saved_by


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
