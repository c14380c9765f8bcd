"""What belongs to a run of pytest and to one of its tests, between hooks and fixtures."""

from __future__ import annotations

import dataclasses
import uuid
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy.settings import Settings, read_marker

if TYPE_CHECKING:
    from mlflow import MlflowClient

    from pytest_lineapy.server import TrackingServer

_WARM_SECONDS = 600.0
"""How long a server that is kept between runs waits for the next one."""


@dataclasses.dataclass(frozen=True)
class Tracking:
    """A place for one test in a tracking backend, which nobody else sees.

    Attributes:
        uri: Tracking URI, at which MLflow is pointed while the test runs.
        experiment_id: The place's default experiment, which is the active one.
        workspace: Its name in the server; None with SQLite.
        client: MLflow's client for it.
    """

    uri: str
    experiment_id: str
    workspace: str | None
    client: MlflowClient = dataclasses.field(repr=False, compare=False)

    def registered_models(self) -> list[str]:
        """Return the names of all registered models, sorted."""
        names: list[str] = []
        token: str | None = None
        while token != "":
            page = self.client.search_registered_models(page_token=token)
            names += (model.name for model in page)
            token = page.token or ""
        return sorted(names)


@dataclasses.dataclass(frozen=True)
class Kept:
    """What there is to look at after a test has failed.

    Attributes:
        look: The address, or the command, that shows its models in MLflow's UI.
        end: What to do when done.
    """

    look: str
    end: str


@dataclasses.dataclass
class Test:
    """What the plugin knows of a test while it runs.

    Attributes:
        workspace: The workspace that is its own, on whichever server.
        servers: The temporary servers that it uses.
        log_positions: Where the log of each server was when the test began, by its URL.
        places: What it has in MLflow, as it is shown to the user.
        failed: Whether a phase of it has failed.
    """

    workspace: str | None = None
    servers: list[TrackingServer] = dataclasses.field(default_factory=list)
    log_positions: dict[str, int] = dataclasses.field(default_factory=dict)
    places: list[Kept] = dataclasses.field(default_factory=list)
    failed: bool = False


class Run:
    """A run of pytest in this process.

    Attributes:
        settings: The options that it was given.
        servers: The tracking servers that this process uses, by the name of their fixture.
        lasting: URLs of those that outlive the run.
        answered: URLs of other people's servers that are known to answer.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.settings = Settings(config)
        self.servers: dict[str, TrackingServer] = {}
        self.lasting: set[str] = set()
        self.answered: set[str] = set()
        self._config = config
        worker = getattr(config, "workerinput", {})
        self._id = str(worker.get("testrunuid") or uuid.uuid4().hex)

    def start_server(self, name: str, *, reuse: bool | None = None) -> TrackingServer:
        """Return the server of a fixture, joined or started if need be, and perhaps not ready.

        Args:
            name: The fixture's.
            reuse: The fixture's argument.
        """
        if name not in self.servers:
            from pytest_lineapy import server  # noqa: PLC0415 - only where one is needed

            if self.settings.get("reuse_server", reuse):
                folder, linger = server.warm_folder(), _WARM_SECONDS
            else:
                # Whoever has a server of this name in this run is another of its workers.
                folder, linger = server.shared_folder(f"{self._id}-{name}"), 0.0
            started = self.servers[name] = server.TrackingServer(folder, linger=linger)
            self._config.add_cleanup(started.stop)
            if linger:
                self.lasting.add(started.url)
        return self.servers[name]


_RUN = pytest.StashKey[Run]()
_TEST = pytest.StashKey[Test]()


def begin_run(config: pytest.Config) -> None:
    """Read the options.

    Raises:
        pytest.UsageError: One has a value that it cannot have.
    """
    config.stash[_RUN] = Run(config)


def run_of(config: pytest.Config) -> Run:
    """Return what belongs to the run."""
    return config.stash[_RUN]


def begin_test(item: pytest.Item) -> None:
    """Forget what an earlier run of the same test was."""
    run = run_of(item.config)
    item.stash[_TEST] = Test(
        log_positions={server.url: server.log_position() for server in run.servers.values()}
    )


def test_of(item: pytest.Item) -> Test:
    """Return what belongs to the test; nothing yet if another plugin ended it before its setup."""
    return item.stash.setdefault(_TEST, Test())


def tracking_mode(item: pytest.Item, argument: str | None = None) -> str:
    """Return where a test tracks: as its marker says, else the argument, else the run's options.

    Raises:
        pytest.UsageError: The test's marker is wrong.
    """
    asked = read_marker(item).mlflow or argument
    return str(run_of(item.config).settings.get("mlflow", asked))
