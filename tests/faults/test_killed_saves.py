"""Processes that save are killed: what they had reported is there, and the rest is cleaned up."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import signal
from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import Store, differences
from lineapy_store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lineapy_store import Artifact
    from tests.plugins.faults import MakeTrials
    from tests.plugins.leftovers import gc, leftovers_of
    from tests.plugins.savers import Savers, seed_of, value_of
else:
    from leftovers import gc, leftovers_of
    from savers import Savers, seed_of, value_of

_PER_STORE = 10  # trials


@dataclasses.dataclass
class Team:
    """A store, and all that was ever to be saved in it.

    Attributes:
        arguments: For ``Store``.
        store: To look at it.
        planned: Seeds of the values that were to be saved, by name.
        reported: Seeds of the values that were told to be saved, by name and version.
        checked: Ids of the artifacts that were found to be as they should be.
    """

    arguments: dict[str, Any]
    store: Store
    planned: dict[str, set[str]] = dataclasses.field(default_factory=dict)
    reported: dict[tuple[str, int], str] = dataclasses.field(default_factory=dict)
    checked: set[str] = dataclasses.field(default_factory=set)

    def plan(self, who: str, count: int) -> list[tuple[str, str]]:
        """Return saves: new names and versions, of a name of others too, and content of others."""
        saves = []
        for number in range(count):
            name, label = (
                (f"{who}-{number}", f"{who}-{number}"),
                ("everyones", "everyones"),
                (f"{who}-{number - 2}", f"{who}-{number}"),
                ("everyones", f"{who}-{number}"),
            )[number % 4]
            size = "large" if number % 4 == 2 else "small"
            if "mlflow_tracking_uri" in self.arguments:
                size = "model"
            saves.append((name, f"{size}-{label}"))
            self.planned.setdefault(name, set()).add(saves[-1][1])
        return saves

    def take(self, told: dict[str, Any]) -> None:
        """Note what a process has reported."""
        if "saved" in told:
            name, version, seed = told["saved"]
            assert (name, version) not in self.reported
            self.reported[name, version] = seed

    def lost(self) -> int:
        """Return how many of the versions that were reported are not there."""
        there = {(artifact.name, artifact.version) for artifact in self.store.artifact_store()}
        return len(self.reported.keys() - there)

    def wrong(self) -> int:
        """Return how many of the new versions do not load and verify as what was to be saved."""
        found = 0
        for artifact in self.store.artifact_store():
            identity = artifact.get_metadata().lineapy.artifact_id
            if identity not in self.checked:
                self.checked.add(identity)
                found += not self._is_right(artifact)
        return found

    def _is_right(self, artifact: Artifact) -> bool:
        try:
            value = artifact.get_value()
            artifact.verify()
        except StoreError:
            return False
        seed = seed_of(value)
        expected = self.reported.get((artifact.name, artifact.version), seed)
        return (
            seed == expected
            and seed in self.planned[artifact.name]
            and not differences(value_of(seed), value)
        )


@pytest.fixture(params=["SQLite", "PostgreSQL", "MLflow"])
def place(request: pytest.FixtureRequest) -> str:
    """Where the versions are kept, or, for MLflow, the values."""
    if request.param == "MLflow":
        pytest.importorskip("mlflow", reason="the values are to be kept there")
        pytest.importorskip("sklearn", reason="the values are its models")
    return str(request.param)


@pytest.fixture
def new_team(
    place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[[], Team]]:
    """A function that makes a store which nobody has used yet; the one before ends."""
    with contextlib.ExitStack() as stack:
        homes = (tmp_path / f"home-{number}" for number in itertools.count())

        def make() -> Team:
            stack.close()
            home = next(homes)
            arguments: dict[str, Any] = {"home_dir": str(home)}
            if place == "PostgreSQL":
                server = request.getfixturevalue("postgres_server")
                arguments["database_url"] = stack.enter_context(server.database())
            elif place == "MLflow":
                uri = request.getfixturevalue("mlflow_database")(home.with_suffix(".db"))
                arguments["mlflow_tracking_uri"] = uri
            return Team(arguments, stack.enter_context(Store(**arguments)))

        yield make


def _measure(savers: Savers, team: Team, count: int) -> tuple[int, float]:
    """Return the calls and returns of some saves, and their seconds when those are not counted."""
    figures: dict[str, Any] = {}
    for counts in (True, False):
        savers.start(team.arguments, team.plan(f"counts-{counts}", count), counts=counts)
        for told in savers.reports():
            figures |= told
        assert savers.reap() == [0]
    return figures["events"], figures["seconds"]


def test_saves_that_are_killed_lose_nothing(
    place: str, new_team: Callable[[], Team], tmp_path: Path, trials_of: MakeTrials
) -> None:
    """What was reported loads, nothing is half there, and gc takes what is left over and no more.

    Half of them die at a call or return drawn by lot, half after a time drawn by lot. Every other
    time gc runs while another process saves under the same names, and the same content.
    """
    count = 2 if place == "MLflow" else 4  # saves of which one is cut off
    trials = trials_of(f"a process that saves is killed: {place}", rounds=300, few=2 * count)
    team = new_team()
    with Savers(tmp_path / "savers", team.arguments, team.plan("warm", 1)[0][1]) as savers:
        events, seconds = _measure(savers, new_team(), count)
        for number in trials:
            if number % _PER_STORE == 0:
                team = new_team()  # so that some are killed while they make it
            die_at = trials.random.randrange(1, events) if number % 4 < 2 else None
            delay = trials.random.uniform(0, seconds) if die_at is None else None
            saves = [team.plan(f"victim-{number}", 40), team.plan(f"other-{number}", count)]
            savers.start(team.arguments, *saves[: 1 + number % 2], die_at=die_at)
            for told in savers.reports(kill_after=delay):
                team.take(told)
                if told == {"ended": 1} and number % 2:
                    gc(team.store)
            left = leftovers_of(team.store)
            trials.wrong += gc(team.store, dry_run=True) != left
            trials.wrong += gc(team.store) != left
            trials.wrong += len(leftovers_of(team.store))
            trials.lost += team.lost()
            trials.wrong += team.wrong()
            assert savers.reap() == [-signal.SIGKILL, 0][: 1 + number % 2]
    trials.check()
