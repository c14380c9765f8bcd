"""What belongs to a run of pytest and to one of its tests, between hooks and fixtures."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import uuid
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy._environment import (
    OF_MLFLOW,
    OF_PROXIES,
    OF_STORES,
    set_variables,
    variables,
)
from pytest_lineapy.settings import Settings, read_marker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any, TypeVar

    from mlflow import MlflowClient

    from pytest_lineapy.server import TrackingServer

    _Function = TypeVar("_Function", bound=Callable[..., Any])

_WARM_SECONDS = 600.0
"""How long a server that is kept between runs waits for the next one."""

_STARTS = 10
"""How often a server is waited for, if it is killed before it has answered."""

_PLAN = "_lineapy_plan"
_OF_PLACES = OF_MLFLOW + OF_STORES + OF_PROXIES


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
        show: Have it stay; return what shows its models in MLflow's UI, an address or a command,
            and what to do when done.
        server: The temporary server that it is in.
    """

    show: Callable[[], tuple[str, str]]
    server: TrackingServer | None = None


@dataclasses.dataclass(frozen=True)
class Plan:
    """What a factory's fixture will ask for, told before it runs.

    Attributes:
        serves: Whether it gives a tracking server.
        reuse: Whether that is kept between runs, if the factory was told.
        start_timeout: Seconds that it may take, if the factory was told.
        mlflow: Where a place in MLflow is, if the factory was told.
        server: Fixture that a place is asked of where it is in a temporary server.
        tracking: Fixture that a store asks for a place.
    """

    serves: bool = False
    reuse: bool | None = None
    start_timeout: float | None = None
    mlflow: str | None = None
    server: str | None = None
    tracking: str | None = None

    def on(self, function: _Function) -> _Function:
        """Attach it to a fixture's function; a decorator below that of pytest."""
        vars(function)[_PLAN] = self
        return function


@dataclasses.dataclass
class Test:
    """What the plugin knows of a test while it runs.

    Attributes:
        workspace: The workspace that is its own, on whichever server.
        log_positions: Where the log of each server was when the test began, by its URL.
        kept: What stays of it, if it fails, to be looked at.
        failed: Whether a phase of it has failed.
        options: Options for its stores, of its markers.
        has_moved: Whether it has been in a place, which the environment then led to.
        environment: What the environment said of places before its first fixture.
    """

    workspace: str | None = None
    log_positions: dict[str, int] = dataclasses.field(default_factory=dict)
    kept: list[Kept] = dataclasses.field(default_factory=list)
    failed: bool = False
    options: dict[str, Any] = dataclasses.field(default_factory=dict)
    has_moved: bool = False
    environment: dict[str, str] | None = None

    def remember_environment(self, item: pytest.Item) -> None:
        """Have the environment put back when the last fixture of the test itself has ended.

        A fixture that was there before a place, such as monkeypatch, ends after it, and puts back
        what it has found in the place.
        """
        if self.environment is None:
            self.environment = variables(_OF_PLACES)
            item.addfinalizer(self._put_environment_back)

    def _put_environment_back(self) -> None:
        if self.has_moved and self.environment is not None:
            set_variables(_OF_PLACES, self.environment)


class Run:
    """A run of pytest in this process.

    Attributes:
        id: What all of its processes have in common, and no other run has.
        settings: The options that it was given.
        servers: The tracking servers that this process uses, by the name of their fixture.
        lasting: URLs of those that outlive the run.
        answered: URLs of other people's servers that are known to answer.
        revived: What has been started again, and when, not yet told.
        is_announced: Whether the servers of xdist's workers have been told.
        shown: How many databases of failed tests have a process that shows them.
        test: The one that runs, or that ran last.
        environment: The variables when the run began, which its conftest files may have set.
    """

    def __init__(self, config: pytest.Config) -> None:
        self.environment = dict(os.environ)
        self.settings = Settings(config)
        self.servers: dict[str, TrackingServer] = {}
        self.lasting: set[str] = set()
        self.answered: set[str] = set()
        self.revived: list[str] = []
        self.is_announced = False
        self.shown = 0
        self.test = Test()
        self._config = config
        worker = getattr(config, "workerinput", {})
        self.id = str(worker.get("testrunuid") or uuid.uuid4().hex)

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
                folder, linger = server.shared_folder(self.id, name), 0.0
            started = self.servers[name] = server.TrackingServer(folder, linger=linger)
            self._config.add_cleanup(started.stop)
            if linger:
                self.lasting.add(started.url)
        return self.servers[name]

    def start_servers(self, item: pytest.Item) -> None:
        """Start the servers that a test will ask for, without waiting until they are ready."""
        for name, plan in _servers(item):
            self.start_server(name, reuse=plan.reuse)

    def servers_of(self, item: pytest.Item) -> dict[str, TrackingServer]:
        """Return those of the servers that a test uses, by the name of their fixture."""
        names = [name for name, _ in _servers(item)]
        return {name: self.servers[name] for name in names if name in self.servers}

    def revive_servers(self, item: pytest.Item) -> None:
        """Start those of a test's servers again whose process has ended since the last test.

        Raises:
            ServerError: One does not come up.
            CacheFolderError: Its folder is no longer ours alone.
        """
        for name, plan in _servers(item):
            server = self.servers.get(name)
            if server is not None and server.revive():
                self.revived.append(f"{server.url} had ended before {item.nodeid}")
                wait_for(server, self.settings.get("start_timeout", plan.start_timeout))


def wait_for(server: TrackingServer, timeout: float) -> int:
    """Return when a server answers, which is started again if it is killed meanwhile.

    A test of another worker may do that to it, at any moment. One that ends by itself would again.

    Args:
        server: What has been started.
        timeout: Seconds to wait at most, each time.

    Returns:
        How often it was started again.

    Raises:
        ServerError: It has been killed each time, has ended, or has not answered in time.
    """
    from pytest_lineapy.server import ServerError  # noqa: PLC0415 - only where there is one

    for revivals in range(_STARTS):
        try:
            server.wait_until_ready(timeout)
            break
        except ServerError:
            is_last = revivals == _STARTS - 1
            if is_last or not (server.may_have_been_killed() and server.revive()):
                raise
    return revivals


def _servers(item: pytest.Item) -> Iterator[tuple[str, Plan]]:
    """Tell the fixtures of temporary servers that a test will ask for, with their plans.

    Those that it has asked for by ``request.getfixturevalue`` are among them from then on.
    """
    request = getattr(item, "_request", None)
    names, seen = list(getattr(request or item, "fixturenames", ())), set[str]()
    while names:
        name = names.pop()
        if name in seen or (plan := _plan(item, name)) is None:
            continue
        seen.add(name)
        if plan.serves:
            yield name, plan
        elif plan.tracking is not None:
            names.append(plan.tracking)
        elif plan.server is not None and _is_on_a_server(item, plan):
            names.append(plan.server)


def _plan(item: pytest.Item, name: str) -> Plan | None:
    """Return the plan of the fixture that the test gets by a name; None if it is no factory's.

    One that overrides a factory's, and asks for what it overrides, has that one's plan.
    """
    definitions = item.session._fixturemanager.getfixturedefs(name, item)  # noqa: SLF001 - has no public way
    for definition in reversed(definitions or ()):
        plan = getattr(definition.func, _PLAN, None)
        if isinstance(plan, Plan):
            return plan
        if name not in definition.argnames:
            break
    return None


def _is_on_a_server(item: pytest.Item, plan: Plan) -> bool:
    try:
        return tracking_mode(item, plan.mlflow) == "server"
    except pytest.UsageError:
        return False  # told when the test runs


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
    """Forget what an earlier run of the same test was, and read its markers.

    Raises:
        pytest.UsageError: One of them is wrong.
    """
    run = run_of(item.config)
    run.test = item.stash[_TEST] = Test(
        log_positions={server.url: server.log_position() for server in run.servers.values()}
    )
    run.test.options = read_marker(item).options


def test_of(item: pytest.Item) -> Test:
    """Return what belongs to the test; nothing yet if another plugin ended it before its setup."""
    return item.stash.setdefault(_TEST, Test())


def tracking_mode(item: pytest.Item, argument: str | None = None) -> str:
    """Return where a test tracks: by the argument, else its marker, else the run's options.

    Args:
        item: The test.
        argument: The factory's.

    Raises:
        pytest.UsageError: The test's marker is wrong.
    """
    asked = argument or read_marker(item).mlflow
    mode: str = run_of(item.config).settings.get("mlflow", asked)
    return mode


@contextlib.contextmanager
def failing_plainly(*errors: type[Exception]) -> Iterator[None]:
    """Let the test fail with no more than the message of such an error."""
    try:
        yield
    except errors as error:
        raise failure(str(error)) from None


def failure(message: str) -> BaseException:
    """Return what ``pytest.fail`` raises, to be raised ``from None`` where an error is handled."""
    return pytest.fail.Exception(message, pytrace=False)
