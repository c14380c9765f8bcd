"""What makes the plugin's fixtures, and a second set of them that is independent of the first.

In a ``conftest.py``, for tests that need two of something::

    from pytest_lineapy import factories

    other_server = factories.mlflow_server(start_timeout=300)
    other_tracking = factories.mlflow_tracking(mlflow="server", server="other_server")
    other_store = factories.lineapy_store(tracking="other_tracking")

An argument that is not given is what the command line or the ini-file says.
"""

from __future__ import annotations

import contextlib
import importlib.util
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy._run import (
    Plan,
    Tracking,
    failing_plainly,
    failure,
    run_of,
    test_of,
    tracking_mode,
    wait_for,
)
from pytest_lineapy.settings import check, check_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from lineapy_store import Store
    from pytest_lineapy import _stores
    from pytest_lineapy.server import TrackingServer

__all__ = ["Tracking", "lineapy_fresh_store", "lineapy_store", "mlflow_server", "mlflow_tracking"]


def mlflow_server(
    *,
    start_timeout: float | None = None,
    reuse_server: bool | None = None,
    name: str | None = None,
) -> Callable[..., TrackingServer]:
    """Make a session fixture that gives a running tracking server, one for all xdist workers.

    Args:
        start_timeout: Seconds that it may take to start.
        reuse_server: Whether it is kept for the next run, and shared with others that are.
        name: What tests call the fixture; by default what it is assigned to.

    Raises:
        pytest.UsageError: A value that the option cannot have.
    """
    start_timeout = check("start_timeout", start_timeout, "start_timeout= of mlflow_server()")
    reuse_server = check("reuse_server", reuse_server, "reuse_server= of mlflow_server()")

    @pytest.fixture(scope="session", name=name)
    @Plan(serves=True, reuse=reuse_server, start_timeout=start_timeout).on
    def mlflow_server(request: pytest.FixtureRequest) -> TrackingServer:
        """A running temporary MLflow tracking server: .url, .log_tail(n), .stop()."""
        _require_mlflow()
        from pytest_lineapy._cache import CacheFolderError  # noqa: PLC0415 - as below
        from pytest_lineapy.server import ServerError  # noqa: PLC0415 - only where one is needed

        run = run_of(request.config)
        with failing_plainly(CacheFolderError, ServerError):
            server = run.start_server(str(request.fixturename), reuse=reuse_server)
            if wait_for(server, run.settings.get("start_timeout", start_timeout)):
                run.revived.append(f"{server.url} was killed before {request.fixturename} had it")
        return server

    return mlflow_server


def mlflow_tracking(
    *,
    mlflow: str | None = None,
    server: str = "mlflow_server",
    keep: bool | None = None,
    name: str | None = None,
) -> Callable[..., Iterator[Tracking]]:
    """Make a fixture that gives each test a clean place in a tracking backend.

    MLflow, in this process and in those that the test starts, is pointed at the place and
    afterwards back to where it was.

    Args:
        mlflow: ``"sqlite"``, ``"server"`` or the URL of a server, whatever a test's marker says.
        server: Fixture of the server where that is ``"server"``. A test with two places on servers
            needs two servers, since MLflow knows one workspace at a time.
        keep: Whether what a failed test logged is kept, and the server with it, to be looked at.
        name: What tests call the fixture; by default what it is assigned to.

    Raises:
        pytest.UsageError: A value that the option cannot have.
    """
    mlflow = check("mlflow", mlflow, "mlflow= of mlflow_tracking()")
    keep = check("keep", keep, "keep= of mlflow_tracking()")

    @pytest.fixture(name=name)
    @Plan(mlflow=mlflow, server=server).on
    def mlflow_tracking(
        request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Tracking]:
        """A clean place in MLflow: .uri, .client, .experiment_id, .registered_models()."""
        _require_mlflow()
        from pytest_lineapy import _tracking  # noqa: PLC0415 - only where a place is needed

        mode = tracking_mode(request.node, mlflow)
        keeps = run_of(request.config).settings.get("keep", keep)
        if mode == "sqlite":
            # What is kept is nothing that pytest may remove.
            folder = (
                Path(tempfile.mkdtemp(prefix="pytest-lineapy-kept-"))
                if keeps
                else tmp_path_factory.mktemp("mlflow")
            )
            place = _tracking.database(request.node, folder, keep=keeps)
        elif mode == "server":
            place = _tracking.workspace(request.node, request.getfixturevalue(server), keep=keeps)
        else:
            place = _tracking.foreign_workspace(request.node, mode, keep=keeps)
        with place as opened:
            yield opened

    return mlflow_tracking


def lineapy_store(
    *,
    tracking: str | None = None,
    database_url: str | None = None,
    artifact_dir: str | None = None,
    options: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Callable[..., Iterator[Store]]:
    """Make a fixture that gives each test an empty store, the current one of ``lineapy_store``.

    It is the current one in every thread, and in processes that the test starts; of two stores in
    one test, the one that was asked for last.

    Args:
        tracking: Fixture of the place in MLflow that models go to; None keeps them out of MLflow.
        database_url: PostgreSQL database for the catalog.
        artifact_dir: Folder or URL for the content.
        options: Further options of the store, which the marker's may replace.
        name: What tests call the fixture; by default what it is assigned to.

    Raises:
        pytest.UsageError: A value that the option cannot have.
    """
    database_url = check("database_url", database_url, "database_url= of lineapy_store()")
    artifact_dir = check("artifact_dir", artifact_dir, "artifact_dir= of lineapy_store()")
    own_options = check_options(options, "options= of lineapy_store()")

    @pytest.fixture(name=name)
    @Plan(tracking=tracking).on
    def lineapy_store(
        request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Store]:
        """An empty Store, which the functions of lineapy_store use while the test runs."""
        from pytest_lineapy import _stores  # noqa: PLC0415 - only where a store is needed

        test = test_of(request.node)
        test.has_moved = True
        values = own_options | test.options
        if tracking is not None:
            values["mlflow_tracking_uri"] = request.getfixturevalue(tracking).uri
        settings = run_of(request.config).settings
        place = _stores.place(
            tmp_path_factory.mktemp("lineapy"),
            database_url=settings.get("database_url", database_url),
            artifact_dir=settings.get("artifact_dir", artifact_dir),
            storage_options=values.get("storage_options"),
        )
        with place as opened, _stores.current(opened, values) as store:
            yield store

    return lineapy_store


def lineapy_fresh_store(
    *,
    database_url: str | None = None,
    artifact_dir: str | None = None,
    options: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> Callable[..., Iterator[Callable[..., AbstractContextManager[Store]]]]:
    """Make a session fixture that gives a store for each example, also inside ``@given``.

    What it gives is called in a ``with`` statement: ``with lineapy_fresh_store() as store:``.

    Args:
        database_url: PostgreSQL database for the catalog.
        artifact_dir: Folder or URL for the content.
        options: Further options of the stores, which those of the marker and of a call may replace.
        name: What tests call the fixture; by default what it is assigned to.

    Raises:
        pytest.UsageError: A value that the option cannot have.
    """
    database_url = check("database_url", database_url, "database_url= of lineapy_fresh_store()")
    artifact_dir = check("artifact_dir", artifact_dir, "artifact_dir= of lineapy_fresh_store()")
    own_options = check_options(options, "options= of lineapy_fresh_store()")

    @pytest.fixture(scope="session", name=name)
    def lineapy_fresh_store(
        request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Callable[..., AbstractContextManager[Store]]]:
        """A context manager that gives an empty Store at each use, in a millisecond or two."""
        from pytest_lineapy import _stores  # noqa: PLC0415 - only where a store is needed

        run = run_of(request.config)
        settings = run.settings

        def options_now() -> dict[str, Any]:
            run.test.has_moved = True
            return own_options | run.test.options

        with contextlib.ExitStack() as until_the_end:

            def new_place() -> _stores.Place:
                return until_the_end.enter_context(
                    _stores.place(
                        tmp_path_factory.mktemp("lineapy"),
                        database_url=settings.get("database_url", database_url),
                        artifact_dir=settings.get("artifact_dir", artifact_dir),
                        storage_options=own_options.get("storage_options"),
                    )
                )

            stores = _stores.FreshStores(new_place, options_now)
            until_the_end.callback(stores.close)
            # The first save imports SQLAlchemy and makes a catalog, which is no example's time.
            with stores() as store:
                store.save(None, "first")
            yield stores

    return lineapy_fresh_store


def _require_mlflow() -> None:
    if importlib.util.find_spec("mlflow") is None:
        raise failure("this fixture needs MLflow: pip install 'pytest-lineapy[mlflow]'")
