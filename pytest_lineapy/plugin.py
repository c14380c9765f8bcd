"""The pytest plugin: options, the marker, and what is told of a test that fails.

pytest imports this at every start where the package is installed, so that at the top nothing is
imported that is not small.
"""

from __future__ import annotations

import contextlib
import itertools
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy import _models, _summary
from pytest_lineapy._roundtrips import _lineapy_bound_check, _lineapy_subjects, lineapy_roundtrip
from pytest_lineapy._run import Kept, begin_run, begin_test, failing_plainly, run_of, test_of
from pytest_lineapy.fixtures import (
    lineapy_fresh_store,
    lineapy_store,
    lineapy_store_mlflow,
    mlflow_server,
    mlflow_tracking,
)
from pytest_lineapy.settings import add_options

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from _pytest.terminal import TerminalReporter

__all__ = [
    "_lineapy_bound_check",
    "_lineapy_subjects",
    "lineapy_fresh_store",
    "lineapy_roundtrip",
    "lineapy_store",
    "lineapy_store_mlflow",
    "mlflow_server",
    "mlflow_tracking",
]

_TRACKING = {"lineapy_store_mlflow", "mlflow_tracking"}
_RUN_NO_TEST = ("collectonly", "setupplan", "showfixtures", "show_fixtures_per_test")
_KEPT = "lineapy_kept"
_REVIVED = "lineapy_revived"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)
    _models.add_options(parser)
    _summary.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, and describe the marker."""
    config.addinivalue_line(
        "markers",
        "lineapy(mlflow='sqlite'|'server'|URI, options={...}): where the test's models go, and "
        "options for its store",
    )
    begin_run(config)
    config.pluginmanager.register(_summary.Summary(config), "lineapy-summary")


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say what differs from the defaults, and which models are checked."""
    lines = [run_of(config).settings.describe(), *_models.describe(config)]
    return [line for line in lines if line is not None]


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Have the session collect the models, beside files."""
    report = yield
    if isinstance(collector, pytest.Session) and report.passed:
        report.result = [*report.result, *_models.collectors(collector)]
    return report


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the server if a test will need it, before what there is to say is said."""
    # The options of pytest's own plugins are gone where those are switched off.
    if any(session.config.getoption(name, default=False) for name in _RUN_NO_TEST):
        return
    # What is wrong is told by the fixture, to the tests that need it.
    with contextlib.suppress(Exception):
        for item in session.items:
            run_of(session.config).start_servers(item)


def pytest_report_collectionfinish(
    config: pytest.Config, items: Sequence[pytest.Item]
) -> list[str]:
    """Say where MLflow is, if a test uses it."""
    run, lines = run_of(config), []
    if not _has_header(config):
        return []
    used = _TRACKING | {"mlflow_server"}
    if run.settings.describe() is None and any(used & _fixtures(item) for item in items):
        lines.append(str(run.settings.describe(always=True)))
    return [*lines, *(_at(server.url) for server in run.servers.values())]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Any) -> None:
    """Say where MLflow is, as the first worker that has collected has started it."""
    config = node.config
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if run_of(config).is_announced or reporter is None or not _has_header(config):
        return
    run_of(config).is_announced = True
    from pytest_lineapy import server  # noqa: PLC0415 - only for xdist

    # As above.
    with contextlib.suppress(Exception):
        for url in server.urls_of_run(node.workerinput["testrunuid"]):
            if reporter.isatty:
                reporter.rewrite("", erase=True)  # the workers' state, which xdist writes again
            reporter.write_line(_at(url))


def _has_header(config: pytest.Config) -> bool:
    return config.get_verbosity() >= 0 and not config.getoption("no_header")


def _at(url: str) -> str:
    return f"lineapy: MLflow starts at {url}"


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(
    fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
) -> None:
    """Look at the environment before the first fixture of the test itself."""
    if fixturedef.scope == "function":
        test_of(request.node).remember_environment(request.node)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look at the marker, and at the servers: where their logs are, and whether they live."""
    run = run_of(item.config)
    with failing_plainly(pytest.UsageError):
        begin_test(item)
    if run.servers:
        from pytest_lineapy._cache import CacheFolderError  # noqa: PLC0415 - as below
        from pytest_lineapy.server import ServerError  # noqa: PLC0415 - only where there is one

        with failing_plainly(CacheFolderError, ServerError):
            run.revive_servers(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add what the server has logged to the report of a test that failed, and what is kept."""
    report = yield
    test, run = test_of(item), run_of(item.config)
    # Attributes that are plain data reach the process that prints, from xdist's workers too.
    setattr(report, _REVIVED, run.revived.copy())
    run.revived.clear()
    if (redact := sys.modules.get("lineapy_store.redact")) is not None:
        # What a test has recorded is shown, and xdist sends it, which knows no class of ours.
        report.user_properties = [
            (name, redact.shown(value)) for name, value in report.user_properties
        ]
    if not report.failed:
        return report
    test.failed = True
    kept = list(test.kept)
    to_keep = _fixtures(item) if run.settings.get("keep") else set()
    for name, server in run.servers_of(item).items():
        if name in to_keep and all(one.server is not server for one in kept):
            kept.append(Kept(server.show, server))
        ended = server.how_it_ended()
        if ended is None:
            logged = server.failures_since(test.log_positions.get(server.url, 0))
        else:
            logged = f"{server.log_tail()}{ended}"
        if logged:
            report.sections.append((f"MLflow server {server.url}", logged))
    places = []
    for one in kept:
        # Nothing is left of a server that the test has stopped.
        with contextlib.suppress(FileNotFoundError):
            places.append(one.show())
    setattr(report, _KEPT, places)
    return report


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Say which servers were started again, and how to look at what failed tests have logged."""
    reports = itertools.chain.from_iterable(terminalreporter.stats.values())
    revived = [line for report in reports for line in getattr(report, _REVIVED, ())]
    if revived:
        terminalreporter.section("MLflow servers that were started again")
        for line in revived:
            terminalreporter.write_line(line)
    kept: dict[str, list[tuple[str, str]]] = {}
    for report in (
        *terminalreporter.stats.get("failed", ()),
        *terminalreporter.stats.get("error", ()),
    ):
        if places := getattr(report, _KEPT, None):
            kept[report.nodeid] = places
    if not kept:
        return
    terminalreporter.section("models of failed tests")
    for nodeid, places in kept.items():
        terminalreporter.write_line(nodeid)
        for look, end in places:
            terminalreporter.write_line(f"  {look}")
            terminalreporter.write_line(f"  afterwards: {end}")


def _fixtures(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))
