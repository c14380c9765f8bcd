"""Trials of faults: how often each was tried, and what came of it, told at the end of a run."""

from __future__ import annotations

import dataclasses
import random
from typing import TYPE_CHECKING, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEED = 20260901
_PROPERTY = "fault"


@dataclasses.dataclass
class Trials:
    """What came of provoking one fault again and again.

    Attributes:
        fault: What is provoked, in a few words.
        rounds: How often to provoke it: many with ``--all-faults``, a few without.
        random: Where every choice is to come from, so that a run can be repeated.
        tried: How often it was provoked.
        survived: How often all that was promised held.
        lost: What was saved and is not there, over all trials.
        wrong: What is there and is not what was saved, or should not be there, over all trials.
    """

    fault: str
    rounds: int
    random: random.Random
    tried: int = 0
    survived: int = 0
    lost: int = 0
    wrong: int = 0

    def __iter__(self) -> Iterator[int]:
        """Yield the number of each round, counted as tried, and as survived if it is left alive."""
        for number in range(self.rounds):
            self.tried += 1
            before = self.lost, self.wrong
            yield number
            self.survived += (self.lost, self.wrong) == before

    def check(self) -> None:
        """Fail unless every trial was survived, and nothing was lost or wrong."""
        assert self.tried > 0, f"{self.fault}: not tried"
        assert (self.survived, self.lost, self.wrong) == (self.tried, 0, 0), self


class MakeTrials(Protocol):
    """A function that makes the trials of one fault."""

    def __call__(self, fault: str, *, rounds: int, few: int) -> Trials:
        """Make them: ``rounds`` with ``--all-faults``, ``few`` without."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option of the environment that tries each fault often."""
    parser.addoption(
        "--all-faults",
        action="store_true",
        help="provoke each fault as often as the page about faults says, and print the table",
    )


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest, which would run alone in the end."""
    if config.getoption("--all-faults"):
        items.sort(key=lambda item: "test_long_use" not in item.nodeid)


@pytest.fixture
def trials_of(request: pytest.FixtureRequest) -> Iterator[MakeTrials]:
    """A function that makes trials, which are in the table at the end of the run."""
    made: list[Trials] = []

    def make(fault: str, *, rounds: int, few: int) -> Trials:
        number = rounds if request.config.getoption("--all-faults") else few
        trials = Trials(fault, number, random.Random(f"{_SEED} {fault}"))  # noqa: S311 - no secret
        made.append(trials)
        return trials

    yield make
    for trials in made:
        row = (trials.fault, trials.tried, trials.survived, trials.lost, trials.wrong)
        request.node.user_properties.append((_PROPERTY, row))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of faults."""
    if not terminalreporter.config.getoption("--all-faults"):
        return
    rows = sorted(
        tuple(value)
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "teardown"
        for key, value in report.user_properties
        if key == _PROPERTY
    )
    if not rows:
        return
    terminalreporter.section(f"faults, with the seed {_SEED}")
    head = ("fault", "tried", "survived", "lost", "wrong")
    width = max(len(row[0]) for row in [head, *rows])
    for fault, *figures in [head, *rows]:
        terminalreporter.write_line(
            " ".join([f"{fault:<{width}}", *(f"{figure:>9}" for figure in figures)])
        )
