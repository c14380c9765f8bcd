"""The environment variables that say where MLflow and stores are: read, and put back, together."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# Beginnings of the variables' names, by whose they are.
OF_MLFLOW = ("MLFLOW_", "_MLFLOW_", "OTEL_EXPORTER_OTLP_")
OF_STORES = ("LINEAPY_", "_LINEAPY_")
OF_PROXIES = ("NO_PROXY", "no_proxy")

_TELEMETRY = "MLFLOW_DISABLE_TELEMETRY"


def variables(beginnings: tuple[str, ...]) -> dict[str, str]:
    """Return the variables with such names."""
    return {name: value for name, value in os.environ.items() if name.startswith(beginnings)}


def set_variables(beginnings: tuple[str, ...], values: Mapping[str, str]) -> None:
    """Leave these variables, and no others with such names."""
    for name in variables(beginnings).keys() - values.keys():
        del os.environ[name]
    os.environ.update(values)


@contextlib.contextmanager
def no_telemetry() -> Iterator[None]:
    """Have MLflow decide against telemetry, which it does when it is imported."""
    before = os.environ.get(_TELEMETRY)
    os.environ[_TELEMETRY] = "true"
    try:
        yield
    finally:
        if before is None:
            del os.environ[_TELEMETRY]
        else:
            os.environ[_TELEMETRY] = before
