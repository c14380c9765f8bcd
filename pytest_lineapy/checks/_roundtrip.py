"""Runs the checks, and says what they came to."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Any

from pytest_lineapy.checks._case import ModelCase
from pytest_lineapy.checks._checks import CHECKS, names_of
from pytest_lineapy.checks._interpreter import RUNS_CODE
from pytest_lineapy.checks._places import temporary_place
from pytest_lineapy.checks._results import CheckResult, Failed, Skipped, failing, quiet, report
from pytest_lineapy.checks._subject import BACKENDS, Subject

if TYPE_CHECKING:
    from collections.abc import Mapping


def run_check(subject: Subject, backend: str, name: str) -> CheckResult:
    """Run one check of a model; it raises nothing that the model raises."""
    started = time.perf_counter()
    status, detail = "passed", ""
    check = CHECKS[name]
    try:
        with quiet(), failing("it raises while it is looked at"):
            saved = subject.saved(backend)
            started = time.perf_counter()
            detail = check.run(subject, saved) or ""
    except Skipped as skipped:
        status, detail = "skipped", str(skipped)
    except Failed as failed:
        status = "failed"
        detail = report(
            failed, model=subject.case.name, backend=backend, check=name, causes=check.causes
        )
    seconds = time.perf_counter() - started
    return CheckResult(name, status, seconds, detail, subject.case.name, backend)


def run_all(subject: Subject) -> list[CheckResult]:
    """Run every check of a model, backend by backend."""
    return [run_check(subject, backend, name) for backend in BACKENDS for name in names_of(backend)]


def check_roundtrip(  # noqa: PLR0913 - all but the model are keywords
    model: Any,
    *,
    inputs: Any = None,
    name: str = "",
    rtol: float = 0.0,
    atol: float = 0.0,
    save_arguments: Mapping[str, Any] | None = None,
) -> list[CheckResult]:
    """Put a model through every round-trip check, without pytest.

    It is saved in temporary places, with MLflow and without, which are removed at the end. Nothing
    of the caller's stores or of its MLflow is used.

    Args:
        model: A fitted model, or a function that trains one; see ``ModelCase``.
        inputs: What its prediction methods take; without any, checks that need some are skipped.
        name: What the results call it.
        rtol: Relative tolerance of predictions, none by default.
        atol: Absolute tolerance of predictions, none by default.
        save_arguments: Keywords for MLflow's ``log_model``.

    Returns:
        A result for each check and backend, failed ones included.

    Raises:
        TypeError: ``model`` is a class, or a function that has required arguments.
        ValueError: A tolerance is negative or no number.
    """
    case = ModelCase(
        model,
        inputs=inputs,
        name=name,
        rtol=rtol,
        atol=atol,
        save_arguments=dict(save_arguments or {}),
    )
    if RUNS_CODE in os.environ:  # a check within a check has no end
        return []
    with contextlib.closing(Subject(case, temporary_place, called_with_model=True)) as subject:
        return run_all(subject)
