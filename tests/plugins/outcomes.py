"""What the round-trip checks of some models came to, made up."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Protocol

import pytest

from pytest_lineapy._outcomes import Outcome
from pytest_lineapy.checks import BACKENDS, names_of
from pytest_lineapy.report import write_report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

HOSTILE = "</script></style><img src=x onerror=alert(1)>&amp;'\"$title"
FAILURE = (
    "prices: what was loaded is not what was saved\n\n"
    f"  .steps[1][1].coef_[0, 3]: 0.5 != 0.25\n  .note: {HOSTILE} \x1b[31m \ud800 {'x' * 300}"
)


def outcomes_of(
    model: str, changes: dict[str, Outcome] | None = None, *, seconds: float = 0.1
) -> list[Outcome]:
    """Return an outcome for each check; where nothing else is said, it passed."""
    made = []
    for backend in BACKENDS:
        for check in names_of(backend):
            key = f"{backend}-{check}"
            change = (changes or {}).get(key)
            made.append(
                Outcome(
                    model,
                    backend,
                    check,
                    "passed" if change is None else change.status,
                    seconds=seconds,
                    detail="" if change is None else change.detail,
                    reason="" if change is None else change.reason,
                    test="test_models.py::test_roundtrip",
                )
            )
    return made


def outcome(status: str, detail: str = "", reason: str = "") -> Outcome:
    """Return what to change in ``outcomes_of``."""
    return Outcome("", "", "", status, detail=detail, reason=reason)


def of_every_kind() -> list[Outcome]:
    """Return what models came to of which every one is different."""
    idle = {
        f"{backend}-{check}": outcome("skipped", "no inputs")
        for backend in BACKENDS
        for check in names_of(backend)
    }
    failed = {key: outcome("failed", FAILURE) for key in ("lineapy-value", "mlflow-value")}
    expected = {"mlflow-pyfunc": outcome("expected to fail", "it predicts 3", "pyfunc rounds")}
    noted = {"mlflow-backend": outcome("passed", "mlflow is asked for, and has the flavor sklearn")}
    return [
        *outcomes_of("churn", expected | noted, seconds=2),
        *outcomes_of("prices", failed, seconds=0.5),
        *outcomes_of("demand" * 30, {"lineapy-value": outcome("not run", "no check()")}, seconds=9),
        *outcomes_of(HOSTILE, {"lineapy-code": outcome("skipped", HOSTILE)}, seconds=0),
        *outcomes_of("idle", idle, seconds=0),
    ]


class WritePage(Protocol):
    """A function that writes the page about some outcomes, and returns where."""

    def __call__(self, outcomes: Sequence[Outcome], *, is_complete: bool = True) -> Path:
        """Write it."""


@pytest.fixture
def write_page(tmp_path: Path) -> WritePage:
    """A function that writes the page about some outcomes, as of a run in January."""

    def write(outcomes: Sequence[Outcome], *, is_complete: bool = True) -> Path:
        path = tmp_path / "report.html"
        write_report(
            path,
            outcomes,
            pytest_version="8.3.7",
            started=dt.datetime(2026, 1, 31, 12, 30, 5, tzinfo=dt.UTC),
            seconds=75.25,
            is_complete=is_complete,
        )
        return path

    return write
