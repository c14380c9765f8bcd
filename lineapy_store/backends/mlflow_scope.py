"""Pointing MLflow at a server for one call, without anybody else noticing.

MLflow's fluent functions, ``log_model`` among them, read the tracking URI, registry URI,
active run and experiment from process-wide state. Setting that state for the length of a
call would send what other threads log meanwhile to the wrong server, and would undo what
they set. So nothing of it is set. Instead, the few functions through which MLflow *reads*
it answer differently to a caller inside a scope: their code objects are exchanged while
any scope is open, and the stand-ins consult a context variable, which other threads and
tasks do not share. Outside a scope they behave as before, and when the last scope closes
the original code is put back.

A code object is exchanged, rather than a module attribute, because MLflow's modules import
these functions from each other by name; all of them hold the same function object.
"""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import os
import threading
import types
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import BackendUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from lineapy_store.backends.mlflow_requests import Requests


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scope:
    """What MLflow is to see inside.

    Attributes:
        tracking_uri: Tracking URI.
        registry_uri: Registry URI, or None for MLflow's own default.
        workspace: Name of the server's workspace, or None for its default.
        experiment_id: Returns the experiment, or None to leave the user's in place
            together with the active run.
        pins_installed: Whether the requirements are what is installed here, so that MLflow need
            not compare them with it, which takes longer than the rest of the call.
        environment: Values of MLflow's environment variables, by name.
        on_upload: Called with the folder of a model, and its id, before MLflow uploads it.
        requests: What its HTTP requests go through, or None to send them as MLflow does.
        tags: Tags of what it makes in the registry.
        code: The folder in which to find the code that was logged with a model, or None for the
            model's own.
    """

    tracking_uri: str
    registry_uri: str | None = None
    workspace: str | None = None
    experiment_id: Callable[[], str] | None = None
    pins_installed: bool = False
    environment: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    on_upload: Callable[[str, str], None] | None = None
    requests: Requests | None = None
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)
    code: Path | None = None


_scope: ContextVar[Scope | None] = ContextVar("lineapy_store_mlflow_scope", default=None)
_lock = threading.Lock()
_open_scopes = 0


def _renew_lock() -> None:
    global _lock  # noqa: PLW0603 - a forked child must not wait for a thread of its parent's
    _lock = threading.Lock()


os.register_at_fork(after_in_child=_renew_lock)
_originals: dict[str, Callable[..., Any]] = {}
_exchanged: list[tuple[types.FunctionType, types.CodeType]] = []


@contextlib.contextmanager
def scope(inside: Scope) -> Iterator[None]:
    """Lets MLflow see ``inside``, for the caller's thread or task, until the block ends.

    Raises:
        BackendUnavailableError: This version of MLflow has no such functions.
    """
    global _open_scopes  # noqa: PLW0603 - counts for the process, as MLflow's state does
    with _lock:
        if _open_scopes == 0:
            _put_back()
            _exchange()
        _open_scopes += 1
    token = _scope.set(inside)
    try:
        yield
    finally:
        _scope.reset(token)
        with _lock:
            _open_scopes -= 1
            if _open_scopes == 0:
                _put_back()


@contextlib.contextmanager
def code_from(folder: Path) -> Iterator[None]:
    """Lets MLflow, in the scope that there is, find the code of a model in another folder."""
    inside = _scope.get()
    if inside is None:
        raise RuntimeError("there is no scope")
    with scope(dataclasses.replace(inside, code=folder)):
        yield


def _exchange() -> None:
    functions = {seam: _function(seam) for seam in _ANSWERS}
    try:
        for seam, function in functions.items():
            code = function.__code__
            original = types.FunctionType(
                code, function.__globals__, function.__name__, function.__defaults__
            )
            original.__kwdefaults__ = function.__kwdefaults__
            _originals[seam] = original
            _exchanged.append((function, code))
            function.__code__ = _stand_in_for(seam)
    except BaseException:  # Ctrl-C among others
        _put_back()
        raise


def _put_back() -> None:
    # The originals stay: a call that is half-way through a stand-in still needs its own. One
    # leaves the list when it is back, so that being interrupted here is made good the next time.
    while _exchanged:
        function, code = _exchanged[-1]
        function.__code__ = code
        _exchanged.pop()


def _function(seam: str) -> types.FunctionType:
    module, _, name = seam.partition(":")
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as error:
        raise BackendUnavailableError(_unsupported(f"{seam} is gone ({error})")) from error
    if not isinstance(found, types.FunctionType) or found.__code__.co_freevars:
        raise BackendUnavailableError(_unsupported(f"{seam} is not a plain function"))
    return found


def _unsupported(why: str) -> str:
    return (
        f"MLflow cannot be used as it is: {why}. Something else may have replaced the function; "
        "else install a version of MLflow that pytest-lineapy supports, or a newer pytest-lineapy"
    )


def _stand_in(*args: Any, **kwargs: Any) -> Any:
    # Runs with the globals of the function whose code it stands in for, hence the import.
    from lineapy_store.backends.mlflow_scope import answer  # noqa: PLC0415

    return answer("SEAM", *args, **kwargs)


def _stand_in_for(seam: str) -> types.CodeType:
    code = _stand_in.__code__
    return code.replace(
        co_consts=tuple(seam if const == "SEAM" else const for const in code.co_consts)
    )


def answer(seam: str, *args: Any, **kwargs: Any) -> Any:
    """Answers a call of the MLflow function ``seam``, from inside a scope or not."""
    inside = _scope.get()
    if inside is None:
        return _originals[seam](*args, **kwargs)
    return _ANSWERS[seam](inside, _originals[seam], *args, **kwargs)


def _experiment_id(inside: Scope, original: Callable[..., Any]) -> Any:
    return original() if inside.experiment_id is None else inside.experiment_id()


def _active_run(inside: Scope, original: Callable[..., Any]) -> Any:
    return original() if inside.experiment_id is None else None


def _environment_value(inside: Scope, original: Callable[..., Any], variable: Any) -> Any:
    if variable.name in inside.environment and not variable.is_set():
        return inside.environment[variable.name]
    return original(variable)


def _warn_of_mismatches(inside: Scope, original: Callable[..., Any], *args: Any) -> None:
    if not inside.pins_installed:
        original(*args)


def _thread_pool(inside: Scope, _original: Callable[..., Any], repository: Any) -> Any:
    # MLflow moves artifacts in threads, which have no part in the context of their creator.
    return ThreadPoolExecutor(
        max_workers=repository.max_workers,
        thread_name_prefix=f"Mlflow{type(repository).__name__}",
        initializer=_scope.set,
        initargs=(inside,),
    )


def _upload(
    inside: Scope, original: Callable[..., Any], client: Any, model_id: str, local_dir: str
) -> Any:
    if inside.on_upload is not None:
        inside.on_upload(local_dir, model_id)
    return original(client, model_id, local_dir)


def _http_request(inside: Scope, original: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    if inside.requests is None:
        return original(*args, **kwargs)
    return inside.requests.send(original, *args, **kwargs)


def _create_registered_model(
    inside: Scope,
    original: Callable[..., Any],
    client: Any,
    name: str,
    tags: Mapping[str, Any] | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    return original(client, name, {**(tags or {}), **inside.tags}, *args, **kwargs)


def _create_model_version(
    inside: Scope,
    original: Callable[..., Any],
    *args: Any,
    tags: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Any:
    # MLflow 3.10 does not hand those on that log_model was given.
    return original(*args, tags={**(tags or {}), **inside.tags}, **kwargs)


def _find_code(
    inside: Scope, original: Callable[..., Any], folder: str, *args: Any, **kwargs: Any
) -> Any:
    return original(folder if inside.code is None else str(inside.code), *args, **kwargs)


#: What each function answers inside a scope: ``(scope, original function, *arguments)``.
_ANSWERS: dict[str, Callable[..., Any]] = {
    "mlflow.tracking._tracking_service.utils:get_tracking_uri": (
        lambda inside, _: inside.tracking_uri
    ),
    "mlflow.tracking._model_registry.utils:_get_registry_uri_from_context": (
        lambda inside, _: inside.registry_uri
    ),
    "mlflow.utils.workspace_context:get_request_workspace": lambda inside, _: inside.workspace,
    "mlflow.tracking.fluent:_get_experiment_id": _experiment_id,
    "mlflow.tracking.fluent:active_run": _active_run,
    "mlflow.environment_variables:_EnvironmentVariable.get": _environment_value,
    "mlflow.environment_variables:_BooleanEnvironmentVariable.get": _environment_value,
    "mlflow.utils.requirements_utils:warn_dependency_requirement_mismatches": _warn_of_mismatches,
    "mlflow.store.artifact.artifact_repo:ArtifactRepository._create_thread_pool": _thread_pool,
    "mlflow.tracking.client:MlflowClient.log_model_artifacts": _upload,
    "mlflow.tracking.client:MlflowClient.create_registered_model": _create_registered_model,
    "mlflow.tracking.client:MlflowClient._create_model_version": _create_model_version,
    "mlflow.utils.model_utils:_add_code_from_conf_to_system_path": _find_code,
    "mlflow.utils.rest_utils:http_request": _http_request,
}
