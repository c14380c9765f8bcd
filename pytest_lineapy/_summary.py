"""What the round-trip checks of a run came to, at its end: in the terminal, and as a page."""

from __future__ import annotations

import collections
import dataclasses
import datetime as dt
import os
import sys
import time
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy._outcomes import STATUSES, Model, Outcome, by_model, outcomes_of, told

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

    from _pytest.terminal import TerminalReporter

_OUTCOMES = "lineapy_outcomes"
_RUN_NO_CHECK = ("collectonly", "setuponly")


def add_options(parser: pytest.Parser) -> None:
    """Register the option, for the command line and the ini-file."""
    text = "write what the round-trip checks came to as one page that needs nothing else"
    group = parser.getgroup("lineapy", "MLflow and lineapy stores")
    group.addoption(
        "--lineapy-report", dest="lineapy_report", metavar="FILE.html", default=None, help=text
    )
    parser.addini("lineapy_report", text, type="string", default=None)


class Summary:
    """A plugin that keeps the outcomes of a run; of all workers where xdist has some.

    Args:
        config: The run's.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._outcomes: dict[str, list[Outcome]] = {}
        self._started = dt.datetime.now().astimezone()
        self._clock = time.perf_counter()
        self._page: str | None = None

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Put into a test's report what its checks came to, as plain data, which xdist can send."""
        report = yield
        if found := outcomes_of(item, report):
            setattr(report, _OUTCOMES, [dataclasses.asdict(outcome) for outcome in found])
        return report

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep it; of a test that is run again, what it came to last."""
        if report.when == "setup":
            self._outcomes.pop(report.nodeid, None)
        if found := getattr(report, _OUTCOMES, None):
            kept = self._outcomes.setdefault(report.nodeid, [])
            kept += (Outcome(**each) for each in found)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail the run for a model of which no check has run, and write the page."""
        if hasattr(self._config, "workerinput"):
            return
        unchecked = [line for model in self.models() if model.is_unchecked for line in lines(model)]
        if unchecked and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        self._page = self._write_page(session)
        if not self._config.pluginmanager.has_plugin("terminalreporter"):
            sys.stderr.writelines(f"{line}\n" for line in unchecked)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Tell the results per model, and where the page is."""
        models = self.models()
        if models or self._page:
            terminalreporter.write_sep("=", "round-trip checks")
        is_quiet = self._config.get_verbosity() < 0
        names = collections.Counter(model.name for model in models)
        for model in models:
            is_bad = bool(model.counts["failed"] or model.counts["not run"] or model.is_unchecked)
            if is_bad or not is_quiet:
                label = model.name if names[model.name] == 1 else f"{model.name} ({model.test})"
                for line in lines(model, label=label):
                    terminalreporter.write_line(line, red=is_bad)
        if len(models) > 1 or (models and is_quiet):
            terminalreporter.write_line(total(models))
        if self._page:
            terminalreporter.write_line(self._page)

    def models(self) -> list[Model]:
        """Return what is known of each model by now."""
        return by_model(outcome for found in self._outcomes.values() for outcome in found)

    def _write_page(self, session: pytest.Session) -> str | None:
        """Write the page if it was asked for, and return what there is to say of it."""
        path = self._config.getoption("lineapy_report")
        folder = self._config.invocation_params.dir
        if path is None:
            path, folder = self._config.getini("lineapy_report"), self._config.rootpath
        if not path or any(self._config.getoption(name, default=False) for name in _RUN_NO_CHECK):
            return None
        from pytest_lineapy.report import write_report  # noqa: PLC0415 - only where asked for

        target = folder / os.path.expanduser(path)  # noqa: PTH111 - raises nothing
        stopped = session.exitstatus in {
            pytest.ExitCode.INTERRUPTED,
            pytest.ExitCode.INTERNAL_ERROR,
        }
        try:
            write_report(
                target,
                [outcome for model in self.models() for outcome in model.outcomes],
                pytest_version=pytest.__version__,
                started=self._started,
                seconds=time.perf_counter() - self._clock,
                is_complete=not (stopped or session.shouldstop or session.shouldfail),
            )
        except OSError as error:
            return f"round-trip report: {target} cannot be written: {error.strerror or error}"
        return f"round-trip report: {target}"


def lines(model: Model, *, label: str | None = None) -> Iterator[str]:
    """Tell in lines what a model's checks came to."""
    count = len(model.outcomes)
    label = label or model.name
    yield f"{label}: {model.ran} of {count} checks ran: {told(model.counts)}"
    reasons: dict[tuple[str, str], list[Outcome]] = collections.defaultdict(list)
    for outcome in model.outcomes:
        if outcome.status == "failed":
            reasons["failed", ""].append(outcome)
        elif outcome.status != "passed":
            reasons[outcome.status, outcome.reason or outcome.detail].append(outcome)
    for status, reason in sorted(reasons, key=lambda key: STATUSES.index(key[0])):
        those = reasons[status, reason]
        which = "every check" if 1 < len(those) == count else _named(those)
        yield f"  {status}: {which}" + (f": {' '.join(reason.split())}" if reason else "")
    if model.is_unchecked:
        yield f"  no check of {label} has run, so nothing is known of it: this fails the run"


def _named(outcomes: Iterable[Outcome]) -> str:
    """Return the checks' names, by backend."""
    names: dict[str, list[str]] = collections.defaultdict(list)
    for outcome in outcomes:
        names[outcome.backend].append(outcome.check)
    return "; ".join(f"{backend} {', '.join(names[backend])}" for backend in names)


def total(models: list[Model]) -> str:
    """Tell in a line what the checks of all models came to."""
    counts: collections.Counter[str] = sum(
        (model.counts for model in models), collections.Counter()
    )
    ran = sum(model.ran for model in models)
    which = "1 model" if len(models) == 1 else f"{len(models)} models"
    return f"{which}: {ran} of {counts.total()} checks ran: {told(counts)}"
