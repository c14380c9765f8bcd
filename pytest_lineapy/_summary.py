"""What the round-trip checks of a run came to, at its end: in the terminal, and as a page."""

from __future__ import annotations

import collections
import dataclasses
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy._roundtrips import RESULT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from _pytest.terminal import TerminalReporter

    from pytest_lineapy.checks import CheckResult

_STATUSES = ("passed", "failed", "expected to fail", "skipped")


def add_options(parser: pytest.Parser) -> None:
    """Register the option, for the command line and the ini-file."""
    text = "write what the round-trip checks came to as one page that needs nothing else"
    group = parser.getgroup("lineapy", "MLflow and lineapy stores")
    group.addoption(
        "--lineapy-report", dest="lineapy_report", metavar="FILE.html", default=None, help=text
    )
    parser.addini("lineapy_report", text, type="string", default=None)


@dataclasses.dataclass(frozen=True)
class Outcome:
    """A result, and how the test that had it ended.

    Attributes:
        result: What the check came to.
        status: The result's, or ``"expected to fail"``.
        nodeid: The test.
    """

    result: CheckResult
    status: str
    nodeid: str


class Summary:
    """A plugin that keeps the results of a run; of all workers where xdist has some.

    Args:
        config: The run's.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._outcomes: list[Outcome] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a test's checks came to."""
        if report.when != "call":
            return
        expected = hasattr(report, "wasxfail") and report.skipped
        for name, value in report.user_properties:
            if name == RESULT:
                self._outcomes.append(_outcome(value, report.nodeid, expected=expected))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run for a model of which no check has run."""
        if hasattr(session.config, "workerinput"):
            return
        if session.exitstatus == pytest.ExitCode.OK and any(self._unchecked()):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Tell the results per model, and where the page is."""
        if self._outcomes:
            terminalreporter.section("round-trip checks")
            for line in self._lines():
                terminalreporter.write_line(line)
        if (path := self._write_page()) is not None:
            terminalreporter.write_line(f"round-trip report: {path}")

    def _by_model(self) -> dict[str, list[Outcome]]:
        models: dict[str, list[Outcome]] = collections.defaultdict(list)
        for outcome in self._outcomes:
            models[outcome.result.model].append(outcome)
        return dict(sorted(models.items()))

    def _lines(self) -> Iterator[str]:
        for model, outcomes in self._by_model().items():
            counts = collections.Counter(outcome.status for outcome in outcomes)
            told = ", ".join(f"{counts[each]} {each}" for each in _STATUSES if counts[each])
            yield f"{model}: {len(outcomes)} checks, {told}"
            for outcome in outcomes:
                if outcome.status == "failed":
                    yield f"  failed: {outcome.result.backend} {outcome.result.check}"
            yield from _skips(outcomes)
        for model in self._unchecked():
            yield f"{model}: no check has run, so nothing is known of it; this fails the run"

    def _unchecked(self) -> Iterator[str]:
        """Tell the models all of whose checks were skipped, none being deselected."""
        from pytest_lineapy.checks import BACKENDS, names_of  # noqa: PLC0415 - results are there

        total = sum(len(names_of(backend)) for backend in BACKENDS)
        for model, outcomes in self._by_model().items():
            skipped = all(outcome.status == "skipped" for outcome in outcomes)
            if skipped and len(outcomes) >= total:
                yield model

    def _write_page(self) -> str | None:
        path = self._config.getoption("lineapy_report")
        folder = self._config.invocation_params.dir
        if path is None:
            path, folder = self._config.getini("lineapy_report"), self._config.rootpath
        if not path or hasattr(self._config, "workerinput"):
            return None
        from pytest_lineapy.report import write_report  # noqa: PLC0415 - only where asked for

        target = folder / path
        write_report(target, self._outcomes, pytest_version=pytest.__version__)
        return str(target)


def _outcome(value: Any, nodeid: str, *, expected: bool) -> Outcome:
    from pytest_lineapy.checks import CheckResult  # noqa: PLC0415 - only where there are some

    result = CheckResult(**value)
    failed_as_expected = expected and result.status == "failed"
    return Outcome(result, "expected to fail" if failed_as_expected else result.status, nodeid)


def _skips(outcomes: list[Outcome]) -> Iterator[str]:
    """Tell why checks were skipped, each reason once."""
    reasons: dict[str, list[str]] = collections.defaultdict(list)
    for outcome in outcomes:
        if outcome.status == "skipped":
            reasons[outcome.result.detail].append(
                f"{outcome.result.backend} {outcome.result.check}"
            )
    for reason, checks in reasons.items():
        yield f"  skipped: {', '.join(checks)}: {reason}"
