"""Which backend takes a value: a pure function from what is known to a decision."""

from __future__ import annotations

import dataclasses

from lineapy_store.configuration import BACKENDS, nearest
from lineapy_store.errors import BackendUnavailableError, ConfigurationError


@dataclasses.dataclass(frozen=True, kw_only=True)
class Request:
    """All that the decision depends on.

    Attributes:
        storage_backend: The argument of ``save``, whatever the user gave.
        tracking_uri_set: Whether the option ``mlflow_tracking_uri`` is set.
        default_backend: The option ``default_ml_models_storage_backend``, or None.
        flavor: Name of the MLflow flavor that fits the value's class, or None.
        obstacle: Why that flavor cannot write this very value, or None.
        mlflow_missing: Why MLflow cannot be imported, or None.
        value_type: Qualified name of the value's class, for the reason.
        on_fallback: The option of that name.
    """

    storage_backend: object
    tracking_uri_set: bool
    default_backend: str | None
    flavor: str | None
    obstacle: str | None = None
    mlflow_missing: str | None = None
    value_type: str = "object"
    on_fallback: str = "warn"


@dataclasses.dataclass(frozen=True, kw_only=True)
class Decision:
    """The backend that takes the value, and why.

    Attributes:
        backend: ``"mlflow"`` or ``"lineapy"``.
        reason: One sentence for people; part of the metadata.
        warn: Whether the user asked for something else and has to be told.
    """

    backend: str
    reason: str
    warn: bool = False


def select(request: Request) -> Decision:
    """Returns the backend for a request, by the table in the documentation.

    Raises:
        ConfigurationError: A backend that does not exist, MLflow without a tracking URI,
            or a fallback while ``on_fallback`` is ``"error"``.
        BackendUnavailableError: MLflow is selected and cannot be imported.
    """
    asked = request.storage_backend
    if asked is not None and asked not in BACKENDS:
        raise ConfigurationError(
            f"storage_backend={asked!r} is not a backend{nearest(asked, BACKENDS)}. "
            f"Valid: {', '.join(map(repr, BACKENDS))}, or None to let the options decide"
        )
    if asked == "lineapy":
        return Decision(backend="lineapy", reason="storage_backend='lineapy' was given")
    if asked == "mlflow":
        return _asked_for_mlflow(request)
    if not request.tracking_uri_set:
        return Decision(backend="lineapy", reason="mlflow_tracking_uri is not set")
    if request.default_backend == "lineapy":
        return Decision(backend="lineapy", reason="default_ml_models_storage_backend is 'lineapy'")
    if obstacle := _obstacle(request):
        return Decision(backend="lineapy", reason=obstacle)
    _require_mlflow(request)
    return Decision(
        backend="mlflow", reason=f"{request.value_type} has the MLflow flavor {request.flavor!r}"
    )


def _asked_for_mlflow(request: Request) -> Decision:
    if not request.tracking_uri_set:
        raise ConfigurationError(
            "storage_backend='mlflow' needs a tracking URI: set the option "
            "'mlflow_tracking_uri', as in options.set('mlflow_tracking_uri', "
            "'http://127.0.0.1:5000'). Nothing was saved"
        )
    _require_mlflow(request)
    if obstacle := _obstacle(request):
        reason = f"storage_backend='mlflow' was given, but {obstacle}"
        if request.on_fallback == "error":
            raise ConfigurationError(
                f"{reason}, and the option 'on_fallback' is 'error'. Nothing was saved"
            )
        return Decision(backend="lineapy", reason=reason, warn=request.on_fallback == "warn")
    return Decision(
        backend="mlflow",
        reason=f"storage_backend='mlflow' was given and {request.value_type} "
        f"has the MLflow flavor {request.flavor!r}",
    )


def _obstacle(request: Request) -> str | None:
    if request.flavor is None:
        return f"no MLflow flavor takes {request.value_type}"
    return request.obstacle


def _require_mlflow(request: Request) -> None:
    if request.mlflow_missing is not None:
        raise BackendUnavailableError(
            f"MLflow is selected for {request.value_type}, but {request.mlflow_missing}. "
            "Install it with: pip install 'pytest-lineapy[mlflow]'"
        )
