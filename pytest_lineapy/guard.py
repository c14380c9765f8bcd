"""MLflow's global state: pointed at a test's own place, and put back.

MLflow keeps a tracking URI, registry URI, experiment, active runs, model and workspace for the
process or thread, and carries them into child processes by environment variables. Some of it has
public setters but no getter that would tell unset from default, some has neither; the names with an
underscore below are the same from MLflow 3.10 to 3.18.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import inspect
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_lineapy._environment import OF_MLFLOW, set_variables, variables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from types import ModuleType

__all__ = ["isolated_mlflow"]

# What carries the state, or sends what a test does elsewhere. Unset inside where the place has no
# value for it; the others are settings, which stay.
_VARIABLES = {
    "MLFLOW_TRACKING_URI",
    "MLFLOW_REGISTRY_URI",
    "MLFLOW_WORKSPACE",
    "MLFLOW_WORKSPACE_STORE_URI",
    "MLFLOW_ENABLE_WORKSPACES",  # of a server; it changes what SQLite is taken for in a client
    "MLFLOW_EXPERIMENT_NAME",
    "MLFLOW_EXPERIMENT_ID",
    "MLFLOW_RUN_ID",
    "MLFLOW_ACTIVE_MODEL_ID",
    "_MLFLOW_ACTIVE_MODEL_ID",
    "MLFLOW_TRACING_DESTINATION",
    "MLFLOW_DISABLE_TELEMETRY",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT",
}

# Variables of mlflow.tracking.fluent that have one value for each thread.
_OF_THE_THREAD = (
    "_last_active_run_id",
    "_last_logged_model_id",
    "_ACTIVE_MODEL_CONTEXT",
)

# Among the arguments of autologging that is on because ``mlflow.autolog`` was called.
_OF_ALL = "globally_configured"

# What MLflow makes in the working directory when it is told nothing else.
_STRAYS = ("mlruns", "mlflow.db", "mlartifacts")


@dataclasses.dataclass(frozen=True, kw_only=True)
class _Tracing:
    """Where traces go, for the process and for the thread, and what is done to them before."""

    destination: Any
    destination_here: Any
    configuration: Any
    is_on: bool


@dataclasses.dataclass(frozen=True, kw_only=True)
class _State:
    """What MLflow holds; the defaults are those of a process that has not imported it.

    Attributes:
        runs: The stacks of active runs, one for each thread, with what was in them.
    """

    tracking_uri: str | None = None
    registry_uri: str | None = None
    experiment_id: str | None = None
    workspace: str | None = None
    of_the_thread: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    runs: tuple[tuple[list[Any], list[Any]], ...] = ()
    autologging: Mapping[str, Mapping[str, Any]] = dataclasses.field(default_factory=dict)
    trace_id: str | None = None
    tracing: _Tracing | None = None


@contextlib.contextmanager
def isolated_mlflow(
    *,
    tracking_uri: str,
    experiment_id: str,
    workspace: str | None,
    report: Callable[[str], None],
) -> Iterator[None]:
    """Point MLflow at a place, for the process and the ones that it starts, until the block ends.

    What the caller had is hidden inside, active runs included, and comes back. It may be nested;
    the state belongs to the process, so two threads cannot have a place each at a time.

    MLflow is not imported here. Nothing is sent anywhere on the way in, and on the way out only to
    the place, to end what was left open.

    Args:
        tracking_uri: Of the place; it is the registry's, too.
        experiment_id: What to log to unless a test says otherwise.
        workspace: Name of the server's workspace, or None if it has none.
        report: Called with a sentence for each thing that was left behind: a run that is still
            open (it is ended), autologging that is still on (it is switched off), a folder or
            database of MLflow's in the working directory (it stays).
    """
    environment = variables(OF_MLFLOW)
    inside = {name: value for name, value in environment.items() if name not in _VARIABLES}
    inside |= {
        "MLFLOW_TRACKING_URI": tracking_uri,
        "MLFLOW_REGISTRY_URI": tracking_uri,
        "MLFLOW_EXPERIMENT_ID": experiment_id,
        "MLFLOW_DISABLE_TELEMETRY": "true",
    }
    if workspace is not None:
        inside["MLFLOW_WORKSPACE"] = workspace
    if "@" in tracking_uri:
        # At the end of a run MLflow prints where it is to be seen, with the password.
        inside["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    before, folder = _state(), _working_directory()
    with contextlib.ExitStack() as afterwards:
        # What MLflow makes anew looks at the variables, and its setters change them.
        afterwards.callback(set_variables, OF_MLFLOW, environment)
        afterwards.callback(_set_state, before)
        afterwards.callback(set_variables, OF_MLFLOW, environment)
        set_variables(OF_MLFLOW, inside)
        _set_state(
            _State(
                tracking_uri=tracking_uri,
                registry_uri=tracking_uri,
                experiment_id=experiment_id,
                workspace=workspace,
            )
        )
        afterwards.callback(_report_strays, folder, _strays(folder), report)
        afterwards.callback(_clean_up, before, report)
        yield


def _working_directory() -> Path | None:
    """Return where the process is; None in a folder that has been removed."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return None


def _report_strays(folder: Path | None, before: set[Path], report: Callable[[str], None]) -> None:
    for path in sorted(_strays(folder) - before):
        report(f"{path} appeared: something used MLflow's default place, not the test's")


def _strays(folder: Path | None) -> set[Path]:
    if folder is None:
        return set()
    return {folder / name for name in _STRAYS if (folder / name).exists()}


def _mlflow() -> ModuleType | None:
    """Return MLflow if something has imported it, waiting if another thread is at it."""
    return importlib.import_module("mlflow") if "mlflow" in sys.modules else None


def _private(module: str) -> Any:
    return importlib.import_module(f"mlflow.{module}")


def _state() -> _State:
    mlflow = _mlflow()
    if mlflow is None:
        return _State()
    fluent = _private("tracking.fluent")
    return _State(
        tracking_uri=_private("tracking._tracking_service.utils")._tracking_uri,  # noqa: SLF001 - see above
        registry_uri=_private("tracking._model_registry.utils")._registry_uri,  # noqa: SLF001 - see above
        experiment_id=fluent._active_experiment_id,  # noqa: SLF001 - see above
        workspace=_private("utils.workspace_context")._WORKSPACE.get(),  # noqa: SLF001 - see above
        of_the_thread={name: getattr(fluent, name).get() for name in _OF_THE_THREAD},
        runs=tuple((stack, list(stack)) for stack in _run_stacks()),
        autologging=_autologging(),
        trace_id=mlflow.get_last_active_trace_id(),
        tracing=_tracing(),
    )


def _set_state(state: _State) -> None:
    mlflow = _mlflow()
    if mlflow is None:
        return
    mlflow.set_tracking_uri(state.tracking_uri)
    mlflow.set_registry_uri(state.registry_uri)
    _private("utils.workspace_context")._WORKSPACE.set(state.workspace)  # noqa: SLF001 - the public setter refuses what the variable may hold
    fluent = _private("tracking.fluent")
    fluent._active_experiment_id = state.experiment_id  # noqa: SLF001 - the public setter asks the server
    for name in _OF_THE_THREAD:
        variable = getattr(fluent, name)
        variable.set(
            state.of_the_thread[name] if name in state.of_the_thread else variable.default_factory()
        )
    for stack in _run_stacks():
        stack.clear()
    for stack, runs in state.runs:
        stack[:] = runs
    # Last: MLflow forgets it when it is given another tracking URI.
    provider = _private("tracing.provider")
    if provider.is_tracing_enabled() != (state.tracing is None or state.tracing.is_on):
        (mlflow.tracing.disable if provider.is_tracing_enabled() else mlflow.tracing.enable)()
    if state.tracing is not None:
        destinations = provider._MLFLOW_TRACE_USER_DESTINATION  # noqa: SLF001 - see above
        destinations.set(state.tracing.destination)
        destinations.set(state.tracing.destination_here, context_local=True)
        _private("tracing.config")._MLFLOW_TRACING_CONFIG = state.tracing.configuration  # noqa: SLF001 - see above


def _tracing() -> _Tracing:
    provider = _private("tracing.provider")
    destinations = provider._MLFLOW_TRACE_USER_DESTINATION  # noqa: SLF001 - see above
    return _Tracing(
        destination=destinations._global_value,  # noqa: SLF001 - see above
        destination_here=destinations._context_local_value.get(),  # noqa: SLF001 - see above
        configuration=_private("tracing.config").get_config(),
        is_on=provider.is_tracing_enabled(),
    )


def _run_stacks() -> list[list[Any]]:
    """Return the active runs of every thread, ended ones included."""
    stacks: Any = _private("tracking.fluent")._active_run_stack  # noqa: SLF001 - see above
    stacks.get()  # makes this thread's, if it has none
    return list(stacks.get_all_thread_values().values())


def _autologging() -> dict[str, dict[str, Any]]:
    """Return the arguments of each integration of which autologging is on."""
    integrations = _private("utils.autologging_utils").AUTOLOGGING_INTEGRATIONS
    return {
        name: dict(arguments)
        for name, arguments in list(integrations.items())
        if not arguments.get("disable", True)
    }


def _clean_up(before: _State, report: Callable[[str], None]) -> None:
    """End, and report, what is still going on in the place."""
    mlflow = _mlflow()
    if mlflow is None:
        return
    _end_runs(mlflow, report)
    _reset_autologging(mlflow, before, report)
    if mlflow.get_last_active_trace_id() != before.trace_id:
        # Traces are sent in the background.
        mlflow.flush_trace_async_logging()


def _end_runs(mlflow: ModuleType, report: Callable[[str], None]) -> None:
    own: list[Any] = _private("tracking.fluent")._active_run_stack.get()  # noqa: SLF001 - see above
    for stack in _run_stacks():
        for run in reversed(list(stack)):
            name = f"the run {run.info.run_name!r} (id {run.info.run_id})"
            try:
                if stack is own:
                    mlflow.end_run()
                else:
                    stack.remove(run)
                    mlflow.MlflowClient().set_terminated(run.info.run_id)
            except Exception as error:  # noqa: BLE001 - whatever a server that is gone leads to
                report(f"{name} was left open, and cannot be ended: {error}")
            else:
                report(f"{name} was left open, and was ended: use 'with mlflow.start_run():'")


def _reset_autologging(mlflow: ModuleType, before: _State, report: Callable[[str], None]) -> None:
    """Switch off what the test has switched on, and put back what it has changed."""
    then, now = before.autologging, _autologging()
    # What the user has switched on for all begins for a library when that is imported.
    begun = {name for name in now.keys() - then.keys() if now[name].get(_OF_ALL)}
    if "mlflow" not in then:
        begun = set()
    if left_on := now.keys() - then.keys() - begun:
        report(
            f"autologging was left on, and was switched off: {', '.join(sorted(left_on))}; "
            "call autolog(disable=True) at the end"
        )
    if changed := [name for name in now.keys() & then.keys() if now[name] != then[name]]:
        report(
            "autologging was left with other arguments, and has its own again: "
            f"{', '.join(sorted(changed))}"
        )
    # "mlflow" stands for all, and takes others along.
    for name in sorted((now.keys() | then.keys()) - begun, key=lambda name: name != "mlflow"):
        if _autologging().get(name) == then.get(name):
            continue
        autolog = _autolog(mlflow, name)
        if name not in then:
            autolog(disable=True, silent=True)
            continue
        known = inspect.signature(autolog).parameters
        autolog(**{key: value for key, value in then[name].items() if key in known})


def _autolog(mlflow: ModuleType, integration: str) -> Callable[..., None]:
    module = mlflow if integration == "mlflow" else _private(integration)
    autolog: Callable[..., None] = module.autolog
    return autolog
