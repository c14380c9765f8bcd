"""Where checks put a model: an empty store, with or without a place in MLflow."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import sys
from typing import TYPE_CHECKING, Any

from lineapy_store.folders import TemporaryFolder
from pytest_lineapy._cache import migrated_database
from pytest_lineapy._tracking import asking, import_mlflow
from pytest_lineapy.checks._results import Skipped
from pytest_lineapy.guard import isolated_mlflow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from pytest_lineapy.server import TrackingServer


@dataclasses.dataclass(frozen=True)
class Tracking:
    """A place in MLflow.

    Attributes:
        uri: Of its tracking server and registry.
        experiment_id: Where to log.
        workspace: Its name in a server; None if it has none.
        server: The server, if it is a temporary one.
    """

    uri: str
    experiment_id: str
    workspace: str | None
    server: TrackingServer | None = None


@dataclasses.dataclass(frozen=True)
class Place:
    """An empty place for one backend.

    Attributes:
        options: Options of its store.
        tracking: The place in MLflow that the store uses; None keeps it out of MLflow.
        python_path: Folders that a new interpreter may import from, besides what is installed.
        environment: The variables before any test has run; None for those that this process was
            started with.
    """

    options: Mapping[str, Any]
    tracking: Tracking | None = None
    python_path: tuple[str, ...] = ()
    environment: Mapping[str, str] | None = None

    @property
    def uri(self) -> str | None:
        """Of the place in MLflow, if there is one."""
        return None if self.tracking is None else self.tracking.uri

    @contextlib.contextmanager
    def entered(self) -> Iterator[None]:
        """Have plain MLflow look here, and send nothing anywhere else.

        It adds code that was logged with a model to ``sys.path``, from which that is taken again.
        """
        if self.tracking is None:
            yield
            return
        with (
            _kept_path(),
            asking(self.tracking.server),
            isolated_mlflow(
                tracking_uri=self.tracking.uri,
                experiment_id=self.tracking.experiment_id,
                workspace=self.tracking.workspace,
                report=lambda _leak: None,  # of the check's own making
            ),
        ):
            yield


@contextlib.contextmanager
def _kept_path() -> Iterator[None]:
    path, folders = sys.path, [*sys.path]
    try:
        yield
    finally:
        sys.path, path[:] = path, folders


@contextlib.contextmanager
def temporary_place(backend: str) -> Iterator[Place]:
    """Give a place in a temporary folder, with SQLite for everything.

    Raises:
        Skipped: The backend is MLflow, which is not installed.
    """
    with TemporaryFolder() as folder:
        tracking = None
        if backend == "mlflow":
            require_mlflow()
            tracking = database(folder)
        yield Place({"home_dir": str(folder / "store")}, tracking)


def database(folder: Path) -> Tracking:
    """Make an SQLite database of MLflow's in a folder."""
    uri = migrated_database(folder / "mlflow.db", str(folder / "artifacts"))
    return Tracking(uri, "0", None)


def require_mlflow() -> None:
    """Import MLflow.

    Raises:
        Skipped: It is not installed.
    """
    if importlib.util.find_spec("mlflow") is None:
        raise Skipped("MLflow is not installed: pip install 'pytest-lineapy[mlflow]'")
    import_mlflow("mlflow.pyfunc")
