"""Pytest plugin of the ``lineapy_store`` package: MLflow and stores that are clean for every test.

Nothing heavy is imported here: pytest imports this package at every start where it is installed.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pytest_lineapy._roundtrips import parametrize_with_roundtrips
    from pytest_lineapy.checks import CheckResult, ModelCase, RoundtripError, check_roundtrip

__all__ = [
    "CheckResult",
    "LeakWarning",
    "ModelCase",
    "RoundtripError",
    "check_roundtrip",
    "parametrize_with_roundtrips",
]


class LeakWarning(UserWarning):
    """A test left something of MLflow's behind: a run, autologging, files where it ran."""


def __getattr__(name: str) -> Any:
    """Import what is asked for, so that the plugin costs next to nothing where it is not used."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    home = "_roundtrips" if name == "parametrize_with_roundtrips" else "checks"
    value = getattr(importlib.import_module(f"pytest_lineapy.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return __all__
