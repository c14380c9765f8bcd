"""A place in MLflow for one test: a database of its own, or a workspace of a server."""

from __future__ import annotations

import contextlib
import functools
import importlib
import os
import re
import shutil
import urllib.error
import urllib.request
import uuid
import warnings
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from pytest_lineapy import LeakWarning
from pytest_lineapy._cache import CacheFolderError, artifact_location, migrated_database
from pytest_lineapy._engines import quick_engines
from pytest_lineapy._environment import no_telemetry
from pytest_lineapy._run import Kept, Tracking, failing_plainly, failure, run_of, test_of
from pytest_lineapy.guard import isolated_mlflow
from pytest_lineapy.settings import shown

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mlflow.exceptions import MlflowException

    from pytest_lineapy.server import TrackingServer

_ANSWER_SECONDS = 10.0
_FROM_GATEWAYS = (502, 503, 504)
# Each database that is kept has a process; after so many, a command has to do.
_MOST_SHOWN = 10
_WORKSPACES = "/api/3.0/mlflow/workspaces"
# At once, after 2 and after 4 seconds, each up to a second later.
_RETRIES = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "3",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}


@contextlib.contextmanager
def database(item: pytest.Item, folder: Path, *, keep: bool) -> Iterator[Tracking]:
    """Give a test an SQLite database, with the artifacts beside it.

    Args:
        item: The test.
        folder: Where to, empty; removed if the test passes.
        keep: Whether to say how to look at it if the test fails.
    """
    import_mlflow("mlflow.pyfunc", "mlflow.store.tracking.sqlalchemy_store")
    artifacts = artifact_location(folder / "artifacts")
    with failing_plainly(CacheFolderError):
        uri = migrated_database(folder / "mlflow.db", artifacts)
    test = test_of(item)
    kept = Kept(functools.cache(lambda: _show_database(item, folder, uri)))
    if keep:
        test.kept.append(kept)
    with pytest.MonkeyPatch.context() as patch, contextlib.ExitStack() as afterwards:
        # Where MLflow puts the artifacts of experiments to come, instead of where it runs.
        patch.setenv("_MLFLOW_SERVER_ARTIFACT_ROOT", artifacts)
        afterwards.callback(_close_database, uri)
        afterwards.enter_context(quick_engines(uri))
        # MLflow knows one workspace at a time: if the test has one on a server, then that.
        with _pointed(item, uri, "0", test.workspace) as tracking:
            yield tracking
    if not test.failed:
        shutil.rmtree(folder, ignore_errors=True)
        if keep:
            test.kept.remove(kept)


def _show_database(item: pytest.Item, folder: Path, uri: str) -> tuple[str, str]:
    from pytest_lineapy.server import (  # noqa: PLC0415 - only for failed tests
        ServerError,
        server_to_look_at,
    )

    run = run_of(item.config)
    if run.shown < _MOST_SHOWN:
        # Without a port, or a folder where there may be a process, the command has to do.
        with contextlib.suppress(OSError, ServerError):
            url, end = server_to_look_at(folder).show()
            run.shown += 1
            return f"{url}/#/models", f"{end}; rm -r {folder}"
    return f"mlflow ui --backend-store-uri {uri}", f"rm -r {folder}"


def _close_database(uri: str) -> None:
    """Close what MLflow keeps open for as long as the process lives, and forget it."""
    from mlflow.store.model_registry.sqlalchemy_store import (  # noqa: PLC0415 - seconds
        SqlAlchemyStore as Registry,
    )
    from mlflow.store.tracking.sqlalchemy_store import (  # noqa: PLC0415 - seconds
        SqlAlchemyStore as Backend,
    )
    from mlflow.tracking._model_registry.registry import (  # noqa: PLC0415 - as above
        ModelRegistryStoreRegistry,
    )
    from mlflow.tracking._tracking_service.registry import (  # noqa: PLC0415 - as above
        TrackingStoreRegistry,
    )

    for stores in (ModelRegistryStoreRegistry, TrackingStoreRegistry):
        stores._get_store_with_resolved_uri.cache_clear()  # noqa: SLF001 - has no public way
    for store in (Registry, Backend):
        engine = store._engine_map.pop(uri, None)  # noqa: SLF001 - as above
        if engine is not None:
            engine.dispose()


@contextlib.contextmanager
def workspace(item: pytest.Item, server: TrackingServer, *, keep: bool) -> Iterator[Tracking]:
    """Give a test a workspace of a temporary server, and remove it if the server outlives the run.

    Args:
        item: The test.
        server: Ready.
        keep: Whether the workspace, and the server, stay if the test fails.
    """
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
    import_mlflow("mlflow.pyfunc")
    test = test_of(item)
    is_first = test.workspace is None
    # A second place, on another server, has the same name there: MLflow knows one at a time.
    name = test.workspace = test.workspace or _workspace_name(item)
    kept = Kept(lambda: _show_workspace(url, name, server), server)
    try:
        with asking(server):
            experiment_id = _create_workspace(url, name)
            if keep:
                test.kept.append(kept)
            try:
                with _pointed(item, url, experiment_id, name) as tracking:
                    yield tracking
            finally:
                outlives_the_run = server is None or url in run_of(item.config).lasting
                if outlives_the_run and not (keep and test.failed):
                    test.kept = [each for each in test.kept if each is not kept]
                    left = _remove_workspace(url, name)
                    if left is not None:
                        item.warn(LeakWarning(f"{item.nodeid}: {left}"))
    finally:
        if is_first:
            test.workspace = None


@contextlib.contextmanager
def bare_workspace(
    url: str, server: TrackingServer | None, name: str, *, remove: bool
) -> Iterator[str]:
    """Make a workspace that is of no test, and give the id of its experiment.

    Args:
        url: The server's.
        server: If it is a temporary one.
        name: For the workspace.
        remove: Whether to remove it afterwards; what is left then is a warning.
    """
    if server is None:
        _require_answer(url)
    with asking(server):
        experiment_id = _create_workspace(url, name)
    try:
        yield experiment_id
    finally:
        with asking(server):
            left = _remove_workspace(url, name) if remove else None
        if left is not None:
            warnings.warn(LeakWarning(left), stacklevel=2)


def _show_workspace(url: str, name: str, server: TrackingServer | None) -> tuple[str, str]:
    look = f"{shown(url)}/#/models?workspace={name}"
    if server is None:
        return look, f"curl -X DELETE '{shown(url)}{_WORKSPACES}/{name}?mode=CASCADE'"
    return look, server.show()[1]


@contextlib.contextmanager
def asking(server: TrackingServer | None) -> Iterator[None]:
    """Suit MLflow's requests to a temporary server, which is on this machine, or was.

    They go there and not to the proxy that the user has set, and they are given up within seconds:
    MLflow would try for four minutes to reach a server that has died. What the user has set for
    that stays.

    Args:
        server: The server; None for somebody else's.
    """
    if server is None:
        yield
        return
    with pytest.MonkeyPatch.context() as patch:
        exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
        if exempt.strip() != "*":
            # Which one counts where both are set is up to the library that reads them.
            for name in ("NO_PROXY", "no_proxy"):
                patch.setenv(name, f"{urlsplit(server.url).hostname},{exempt}".strip(","))
        if _RETRIES.keys().isdisjoint(os.environ):
            for name, value in _RETRIES.items():
                patch.setenv(name, value)
        yield


@contextlib.contextmanager
def _pointed(
    item: pytest.Item, uri: str, experiment_id: str, workspace: str | None
) -> Iterator[Tracking]:
    """Point MLflow at a place; what the test has left behind becomes warnings, at the end."""
    test_of(item).has_moved = True
    leaks: list[str] = []
    try:
        with isolated_mlflow(
            tracking_uri=uri,
            experiment_id=experiment_id,
            workspace=workspace,
            report=leaks.append,
        ):
            from mlflow import MlflowClient  # noqa: PLC0415 - with the environment set

            client = MlflowClient(tracking_uri=uri, registry_uri=uri)
            yield Tracking(uri, experiment_id, workspace, client)
    finally:
        if leaks:
            # In one, as the first that is an error would be the last to be told.
            item.warn(LeakWarning(f"{item.nodeid}: " + "\n  and ".join(leaks)))


def import_mlflow(*modules: str) -> None:
    """Import parts of MLflow, which then sends no telemetry, whatever warnings that gives.

    A suite in which warnings are errors can do nothing about those of MLflow's modules.
    """
    with no_telemetry(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in modules:
            importlib.import_module(module)


@contextlib.contextmanager
def _as_nobody(workspace: str | None = None) -> Iterator[None]:
    """Let MLflow see the workspace that is given, instead of the user's, and send no telemetry."""
    with no_telemetry():
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
            with _as_nobody(name):
                return str(client.create_experiment("Default"))
        except MlflowException as error:
            raise failure(f"no workspace at {shown(url)}: {_remedy(url, error)}") from None


def _remedy(url: str, error: MlflowException) -> str:
    if error.error_code == "RESOURCE_ALREADY_EXISTS":
        return (
            "this test has one there already, and MLflow knows one at a time. Give the second "
            "fixture a server of its own: factories.mlflow_tracking(server=...)"
        )
    if error.error_code in ("FEATURE_DISABLED", "ENDPOINT_NOT_FOUND") or "404" in str(error):
        return (
            f"{shown(error)}. Each test gets a workspace, which the server has to offer: start it "
            "with 'mlflow server --enable-workspaces', MLflow 3.10 or newer"
        )
    return f"{shown(error)}{_proxy_hint(url)}"


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
        return f"the workspace {name!r} of {shown(url)} could not be removed: {shown(error)}"
    return None


def _workspace_name(item: pytest.Item) -> str:
    """Return a name that MLflow takes, that nobody else has, and that tells which test it is of."""
    readable = re.sub("[^a-z0-9]+", "-", item.name.lower())[:36].strip("-")
    return "-".join(part for part in ("pytest", readable, uuid.uuid4().hex[:16]) if part)


def _require_answer(url: str) -> None:
    """Fail the test at once, and not after MLflow's minutes of trying, if nothing answers."""
    asked = re.sub("://[^/]*@", "://", f"{url}/health")
    try:
        urllib.request.urlopen(asked, timeout=_ANSWER_SECONDS).close()  # noqa: S310 - http(s)
    except urllib.error.HTTPError as error:
        error.close()
        if error.code not in _FROM_GATEWAYS:
            return  # it is there; whom it lets in is between MLflow and it
        problem: OSError = error
    except OSError as error:
        problem = error
    else:
        return
    raise failure(
        f"no MLflow server answers at {shown(url)}: {problem}{_proxy_hint(url)}. Start it, or "
        "choose another place with --lineapy-mlflow=sqlite|server|URI"
    )


def _proxy_hint(url: str) -> str:
    parts = urlsplit(url)
    proxy = urllib.request.getproxies().get(parts.scheme)
    if proxy is None or urllib.request.proxy_bypass(parts.hostname or ""):
        return ""
    return (
        f" (asked through the proxy {shown(proxy)}, as {parts.scheme}_proxy says; if that is not "
        f"meant for it, add {parts.hostname} to NO_PROXY)"
    )
