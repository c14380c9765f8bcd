"""Pytest plugin of the ``lineapy_store`` package: MLflow and stores that are clean for every test.

Nothing heavy is imported here: pytest imports this package at every start where it is installed.
"""

from __future__ import annotations

__all__ = ["LeakWarning"]


class LeakWarning(UserWarning):
    """A test left something of MLflow's behind: a run, autologging, files where it ran."""
