"""The pytest plugin: options, the marker, and what is told of a test that fails.

pytest imports this at every start where the package is installed, so that at the top nothing is
imported that is not small.
"""

from __future__ import annotations

import contextlib
import itertools
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy._run import Kept, begin_run, begin_test, run_of, test_of
from pytest_lineapy.fixtures import (
    lineapy_fresh_store,
    lineapy_store,
    lineapy_store_mlflow,
    mlflow_server,
    mlflow_tracking,
)
from pytest_lineapy.settings import add_options, read_marker

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from _pytest.terminal import TerminalReporter

__all__ = [
    "lineapy_fresh_store",
    "lineapy_store",
    "lineapy_store_mlflow",
    "mlflow_server",
    "mlflow_tracking",
]

_TRACKING = {"lineapy_store_mlflow", "mlflow_tracking"}
_KEPT = "lineapy_kept"
_REVIVED = "lineapy_revived"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    """Read the options, and describe the marker."""
    config.addinivalue_line(
        "markers",
        "lineapy(mlflow='sqlite'|'server'|URI, options={...}): where the test's models go, and "
        "options for its store",
    )
    begin_run(config)


def pytest_report_header(config: pytest.Config) -> str | None:
    """Say what differs from the defaults."""
    return run_of(config).settings.describe()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start the server if a test will need it, so that it starts while tests are imported."""
    if session.config.option.collectonly:
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
    used = _TRACKING | {"mlflow_server"}
    if run.settings.describe() is None and any(used & _fixtures(item) for item in items):
        lines.append(str(run.settings.describe(always=True)))
    lines += (f"lineapy: MLflow starts at {server.url}" for server in run.servers.values())
    return lines


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Look at the marker, and at the servers: where their logs are, and whether they live."""
    begin_test(item)
    try:
        read_marker(item)
    except pytest.UsageError as error:
        pytest.fail(str(error), pytrace=False)
    run_of(item.config).revive_servers(item)


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
    if not report.failed:
        return report
    test.failed = True
    kept = list(test.kept)
    servers = {server.url: server for server in test.servers}
    if "mlflow_server" in _fixtures(item) and "mlflow_server" in run.servers:
        own = run.servers["mlflow_server"]
        servers[own.url] = own
        if run.settings.get("keep") and all(one.server is not own for one in kept):
            kept.append(Kept(own.url, f"kill {own.pid}", own))
    for server in servers.values():
        if logged := server.log_since(test.log_positions.get(server.url, 0)):
            report.sections.append((f"MLflow server {server.url}", logged))
        if (ended := server.how_it_ended()) is not None:
            report.sections.append((f"MLflow server {server.url}", ended))
    for one in kept:
        if one.server is not None:
            one.server.keep()
    setattr(report, _KEPT, [(one.look, one.end) for one in kept])
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
