"""What checks came to, test by test and model by model: data that workers send and pages show."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING

from pytest_lineapy._roundtrips import RESULTS, check_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pytest

    from pytest_lineapy._roundtrips import BoundCheck

STATUSES = ("failed", "not run", "expected to fail", "skipped", "passed")
"""What a check can come to, the worst first."""

_STRICT = "[XPASS(strict)] "
_RAN = {"passed", "failed", "expected to fail"}


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What a check came to in a test.

    Attributes:
        model: The name of the model case.
        backend: Where the model was saved.
        check: The check's name.
        status: One of ``STATUSES``.
        seconds: How long it took.
        detail: What is wrong, why it did not run, or what is worth telling although it holds.
        reason: Why it was expected to fail, if it was.
        test: The test, without the part that names the check: it may have many of a model.
    """

    model: str
    backend: str
    check: str
    status: str
    seconds: float = 0.0
    detail: str = ""
    reason: str = ""
    test: str = ""


@dataclasses.dataclass(frozen=True)
class Model:
    """A model in a test, and what its checks came to.

    Attributes:
        name: Of the model case.
        test: The test.
        outcomes: By backend and check.
    """

    name: str
    test: str
    outcomes: list[Outcome]

    @property
    def counts(self) -> collections.Counter[str]:
        """How many outcomes there are of each status."""
        return collections.Counter(outcome.status for outcome in self.outcomes)

    @property
    def ran(self) -> int:
        """How many checks have run."""
        return sum(self.counts[status] for status in _RAN)

    @property
    def is_unchecked(self) -> bool:
        """Whether no check has run, although none was left out of the run."""
        if self.ran:
            return False
        from pytest_lineapy.checks import BACKENDS, names_of  # noqa: PLC0415 - needs lineapy_store

        every = {(backend, name) for backend in BACKENDS for name in names_of(backend)}
        return every <= {(outcome.backend, outcome.check) for outcome in self.outcomes}


def by_model(outcomes: Iterable[Outcome]) -> list[Model]:
    """Group outcomes by model and test, sorted by name, whatever order they were run in."""
    found: dict[tuple[str, str], list[Outcome]] = collections.defaultdict(list)
    for outcome in sorted(outcomes, key=lambda each: (each.backend, each.check)):
        found[outcome.model, outcome.test].append(outcome)
    return [Model(*key, found[key]) for key in sorted(found)]


def told(counts: collections.Counter[str]) -> str:
    """Return counts in words, what is good first."""
    return ", ".join(f"{counts[each]} {each}" for each in reversed(STATUSES) if counts[each])


def outcomes_of(item: pytest.Item, report: pytest.TestReport) -> list[Outcome]:
    """Return what the checks of a test came to in one of its phases."""
    results, bound = item.stash.get(RESULTS, []), check_of(item)
    item.stash[RESULTS] = []
    test = item.nodeid if bound is None else _without_parameters(item)
    if results:
        outcomes = [Outcome(test=test, **dataclasses.asdict(result)) for result in results]
        return [_as_reported(outcome, report, bound) for outcome in outcomes]
    if bound is None or report.when == "teardown" or (report.when == "setup" and report.passed):
        return []
    status, detail = _without_result(report)
    return [Outcome(bound.case.name, bound.backend, bound.name, status, detail=detail, test=test)]


def _as_reported(outcome: Outcome, report: pytest.TestReport, bound: BoundCheck | None) -> Outcome:
    """Take into account what had been expected of the test."""
    expected = getattr(report, "wasxfail", None)
    if outcome.status == "failed" and report.skipped and expected is not None:
        return dataclasses.replace(outcome, status="expected to fail", reason=expected)
    if bound and outcome.status == "passed" and report.longreprtext.startswith(_STRICT):
        reason = report.longreprtext.removeprefix(_STRICT)
        detail = f"It holds, and was expected to fail: {reason}"
        return dataclasses.replace(outcome, status="failed", detail=detail, reason=reason)
    return outcome


def _without_result(report: pytest.TestReport) -> tuple[str, str]:
    """Return status and reason of a check that its test has not called."""
    expected = getattr(report, "wasxfail", None)
    if report.skipped and expected is None:
        return "skipped", _skip_reason(report)
    if report.passed:
        return "not run", "the test does not call check()"
    why = expected or report.longreprtext.strip().rpartition("\n")[2]
    return "not run", f"the test ends before it calls check(): {why}"


def _skip_reason(report: pytest.TestReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    return reason.removeprefix("Skipped: ")


def _without_parameters(item: pytest.Item) -> str:
    """Return the test of which this is the part for one check."""
    parent = "" if item.parent is None else item.parent.nodeid
    name = getattr(item, "originalname", None)
    return f"{parent}::{name}" if hasattr(item, "callspec") else parent
