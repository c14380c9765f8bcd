"""Round-trip checks: is a model that was trained, saved and loaded still the same model?"""

from __future__ import annotations

from pytest_lineapy.checks._case import ModelCase
from pytest_lineapy.checks._checks import CHECKS, names_of
from pytest_lineapy.checks._results import CheckResult, RoundtripError
from pytest_lineapy.checks._roundtrip import check_roundtrip, run_all, run_check
from pytest_lineapy.checks._subject import BACKENDS, Subject

__all__ = [
    "BACKENDS",
    "CHECKS",
    "CheckResult",
    "ModelCase",
    "RoundtripError",
    "Subject",
    "check_roundtrip",
    "names_of",
    "run_all",
    "run_check",
]
