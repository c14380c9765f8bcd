"""What every test stands on: an environment without the developer's, and a tracking server."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from lineapy_store.folders import TemporaryFolder
from pytest_lineapy.server import tracking_server

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = [path.stem for path in sorted(Path(__file__).with_name("plugins").glob("*.py"))]


# How long an example takes depends on what else the machine does.
hypothesis.settings.register_profile("project", deadline=None)
hypothesis.settings.load_profile("project")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the environments in which everything is installed."""
    parser.addoption(
        "--forbid-skips",
        action="store_true",
        help="fail if a test is skipped, since all that tests can need is meant to be here",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take what is the developer's out of the environment, before a test module is imported."""
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    for name in list(os.environ):
        if name.startswith(("AWS_", "LINEAPY_", "MLFLOW_", "_MLFLOW_")):
            patch.delenv(name)
    patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
    if hasattr(config, "workerinput"):
        return  # has the home of the process that started it
    home = TemporaryFolder(prefix="lineapy-home-")
    config.add_cleanup(home.remove)
    # Caches may be shared: matplotlib's fonts, and packages for the environments that tests build.
    patch.setenv("XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache")))
    patch.setenv("HOME", str(home.path))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run for a skipped test, where ``--forbid-skips`` is given."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if session.config.getoption("--forbid-skips") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def common_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A temporary folder of the run, the same for all workers."""
    folder = tmp_path_factory.getbasetemp()
    return folder if worker_id == "master" else folder.parent


@pytest.fixture(scope="session")
def mlflow_server_url(common_folder: Path) -> Iterator[str]:
    """URL of a real tracking server, one for all workers: tests choose names of their own."""
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")
    with tracking_server(common_folder / "mlflow-server") as server:
        yield server.url
