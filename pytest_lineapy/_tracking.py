"""A place in MLflow for one test: a database of its own, or a workspace of a server."""

from __future__ import annotations

import contextlib
import importlib
import re
import urllib.error
import urllib.request
import uuid
import warnings
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy import LeakWarning
from pytest_lineapy._cache import known_schema, migrated_database
from pytest_lineapy._run import Kept, Tracking, run_of, test_of
from pytest_lineapy.guard import isolated_mlflow
from pytest_lineapy.settings import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlflow.exceptions import MlflowException

    from pytest_lineapy.server import TrackingServer

_ANSWER_SECONDS = 10.0
_WORKSPACES = "/api/3.0/mlflow/workspaces"


@contextlib.contextmanager
def database(item: pytest.Item, folder: Path, *, keep: bool) -> Iterator[Tracking]:
    """Give a test an SQLite database, with the artifacts beside it.

    Args:
        item: The test.
        folder: Where to, empty.
        keep: Whether to say how to look at it if the test fails.
    """
    _import_mlflow("mlflow.pyfunc", "mlflow.store.tracking.sqlalchemy_store")
    artifacts = folder / "artifacts"
    uri = migrated_database(folder / "mlflow.db", str(artifacts))
    test = test_of(item)
    if keep:
        look = f"mlflow ui --backend-store-uri {uri}"
        test.kept.append(Kept(look, f"what it shows is in {folder}"))
    with pytest.MonkeyPatch.context() as patch:
        # Where MLflow puts the artifacts of experiments to come, instead of where it runs.
        patch.setenv("_MLFLOW_SERVER_ARTIFACT_ROOT", str(artifacts))
        # MLflow knows one workspace at a time: if the test has one on a server, then that.
        with _pointed(item, uri, "0", test.workspace) as tracking:
            yield tracking


@contextlib.contextmanager
def workspace(item: pytest.Item, server: TrackingServer, *, keep: bool) -> Iterator[Tracking]:
    """Give a test a workspace of a temporary server, and remove it if the server outlives the run.

    Args:
        item: The test.
        server: Ready.
        keep: Whether the workspace, and the server, stay if the test fails.
    """
    test_of(item).servers.append(server)
    with _workspace(item, server.url, server, keep=keep) as tracking:
        yield tracking


@contextlib.contextmanager
def foreign_workspace(item: pytest.Item, url: str, *, keep: bool) -> Iterator[Tracking]:
    """Give a test a workspace of a server that somebody else runs, and remove it afterwards.

    Args:
        item: The test.
        url: The server's.
        keep: Whether the workspace stays if the test fails.
    """
    run = run_of(item.config)
    if url not in run.answered:
        _require_answer(url)
        run.answered.add(url)
    with _workspace(item, url, None, keep=keep) as tracking:
        yield tracking


@contextlib.contextmanager
def _workspace(
    item: pytest.Item, url: str, server: TrackingServer | None, *, keep: bool
) -> Iterator[Tracking]:
    # With what else the first save would import, as it warns.
    _import_mlflow("mlflow.pyfunc")
    test = test_of(item)
    is_first = test.workspace is None
    # A second place, on another server, has the same name there: MLflow knows one at a time.
    name = test.workspace = test.workspace or _workspace_name(item)
    try:
        experiment_id = _create_workspace(url, name)
        try:
            with _pointed(item, url, experiment_id, name) as tracking:
                if keep:
                    delete = f"curl -X DELETE '{shown(url)}{_WORKSPACES}/{name}?mode=CASCADE'"
                    end = delete if server is None else f"kill {server.pid}"
                    look = f"{shown(url)}/#/models?workspace={name}"
                    test.kept.append(Kept(look, end, server))
                yield tracking
        finally:
            outlives_the_run = server is None or url in run_of(item.config).lasting
            if outlives_the_run and not (keep and test.failed):
                left = _remove_workspace(url, name)
                if left is not None:
                    item.warn(LeakWarning(f"{item.nodeid}: {left}"))
    finally:
        if is_first:
            test.workspace = None


@contextlib.contextmanager
def _pointed(
    item: pytest.Item, uri: str, experiment_id: str, workspace: str | None
) -> Iterator[Tracking]:
    """Point MLflow at a place; what the test has left behind becomes warnings, at the end."""
    leaks: list[str] = []
    try:
        with isolated_mlflow(
            tracking_uri=uri,
            experiment_id=experiment_id,
            workspace=workspace,
            report=leaks.append,
        ):
            from mlflow import MlflowClient  # noqa: PLC0415 - with the environment set

            with known_schema() if uri.startswith("sqlite:") else contextlib.nullcontext():
                client = MlflowClient(tracking_uri=uri, registry_uri=uri)
            yield Tracking(uri, experiment_id, workspace, client)
    finally:
        for leak in leaks:
            item.warn(LeakWarning(f"{item.nodeid}: {leak}"))


def _import_mlflow(*modules: str) -> None:
    """Import parts of MLflow, which then sends no telemetry, whatever warnings that gives.

    A suite in which warnings are errors can do nothing about those of MLflow's modules.
    """
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        warnings.simplefilter("ignore")
        for module in modules:
            importlib.import_module(module)


@contextlib.contextmanager
def _as_nobody(workspace: str | None = None) -> Iterator[None]:
    """Let MLflow see the workspace that is given, instead of the user's, and send no telemetry."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_DISABLE_TELEMETRY", "true")
        from mlflow.utils.workspace_context import (  # noqa: PLC0415 - with the environment set
            WorkspaceContext,
        )

        with WorkspaceContext(workspace):
            yield


def _create_workspace(url: str, name: str) -> str:
    """Make a workspace and its default experiment; return the experiment's id."""
    with _as_nobody():
        from mlflow import MlflowClient  # noqa: PLC0415 - with the environment set
        from mlflow.exceptions import MlflowException  # noqa: PLC0415 - as above

        client = MlflowClient(tracking_uri=url, registry_uri=url)
        try:
            client.create_workspace(name, description="A test's, made by pytest-lineapy.")
        except MlflowException as error:
            pytest.fail(f"no workspace at {shown(url)}: {_remedy(error)}", pytrace=False)
    with _as_nobody(name):
        return str(client.create_experiment("Default"))


def _remedy(error: MlflowException) -> str:
    if error.error_code == "RESOURCE_ALREADY_EXISTS":
        return (
            "this test has one there already, and MLflow knows one at a time. Give the second "
            "fixture a server of its own: factories.mlflow_tracking(server=...)"
        )
    if error.error_code in ("FEATURE_DISABLED", "ENDPOINT_NOT_FOUND") or "404" in str(error):
        return (
            f"{error}. Each test gets a workspace, which the server has to offer: start it with "
            "'mlflow server --enable-workspaces', MLflow 3.10 or newer"
        )
    return str(error)


def _remove_workspace(url: str, name: str) -> str | None:
    """Remove a workspace with all that is in it; return what could not be removed, and why."""
    try:
        with _as_nobody(name):
            from mlflow import MlflowClient  # noqa: PLC0415 - with the environment set
            from mlflow.entities import ViewType  # noqa: PLC0415 - as above
            from mlflow.store.artifact.artifact_repository_registry import (  # noqa: PLC0415
                get_artifact_repository,
            )

            client = MlflowClient(tracking_uri=url, registry_uri=url)
            for experiment in client.search_experiments(view_type=ViewType.ALL):
                # Only what is in the workspace's own folder: another may be other people's.
                if name in experiment.artifact_location.split("/"):
                    get_artifact_repository(
                        experiment.artifact_location, tracking_uri=url, registry_uri=url
                    ).delete_artifacts()
        with _as_nobody():
            client.delete_workspace(name, mode="CASCADE")
    except Exception as error:  # noqa: BLE001 - the test is over, and this is not its failure
        return f"the workspace {name!r} of {shown(url)} could not be removed: {error}"
    return None


def _workspace_name(item: pytest.Item) -> str:
    """Return a name that MLflow takes, that nobody else has, and that tells which test it is of."""
    readable = re.sub("[^a-z0-9]+", "-", item.name.lower())[:36].strip("-")
    return "-".join(part for part in ("pytest", readable, uuid.uuid4().hex[:16]) if part)


def _require_answer(url: str) -> None:
    """Fail the test at once, and not after MLflow's minutes of trying, if nothing answers."""
    try:
        urllib.request.urlopen(f"{url}/health", timeout=_ANSWER_SECONDS).close()  # noqa: S310 - http(s)
    except urllib.error.HTTPError as error:
        error.close()  # it is there; whom it lets in is between MLflow and it
    except OSError as error:
        pytest.fail(
            f"no MLflow server answers at {shown(url)}: {error}. Start it, or choose another "
            "place with --lineapy-mlflow=sqlite|server|URI",
            pytrace=False,
        )
