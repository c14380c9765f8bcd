"""A catalog's database that fails: what was said to be saved is there, and nothing else."""

from __future__ import annotations

import itertools
import subprocess
import sys
import threading
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from lineapy_store import BackendUnavailableError, Store, differences
from lineapy_store.catalog import Catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.plugins.faults import MakeTrials, Trials
    from tests.plugins.models import Trained
    from tests.plugins.postgres import PostgresServer, running_server
    from tests.plugins.unreliable_database import BREAKS, UnreliableDatabase
else:
    from postgres import running_server
    from unreliable_database import BREAKS, UnreliableDatabase


@pytest.fixture(scope="module")
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server that no other test uses, so that it may be restarted."""
    pytest.importorskip("psycopg", reason="the driver for PostgreSQL is not installed")
    with running_server() as server:
        yield server


def test_postgresql_restarted_amid_saves(
    own_postgres: PostgresServer, tmp_path: Path, trials_of: MakeTrials
) -> None:
    """Of saves by four threads, those that returned are there and load; the others are not."""
    trials = trials_of("PostgreSQL: restarted amid saves", rounds=1000, few=100)
    outcomes: dict[int, int | None] = {}  # versions by value, None where the save raised
    turns, running = iter(range(trials.rounds)), threading.Event()
    running.set()
    # Where the server goes down, as numbers of saves.
    due = sorted(trials.random.sample(range(trials.rounds), max(2, trials.rounds // 100)))
    reached = {number: threading.Event() for number in due}
    with own_postgres.database() as url, Store(home_dir=tmp_path, database_url=url) as store:

        def save() -> None:
            for value in turns:
                running.wait(60)
                if value in reached:
                    reached[value].set()
                try:
                    outcomes[value] = store.save(value, f"name-{value % 3}").version
                except BackendUnavailableError:
                    outcomes[value] = None

        savers = [threading.Thread(target=save) for _ in range(4)]
        for saver in savers:
            saver.start()
        for number in due:
            assert reached[number].wait(60)
            running.clear()
            own_postgres.restart(trials.random.choice(["fast", "immediate"]))
            running.set()
        for saver in savers:
            saver.join()
        there = {
            artifact.get_value(): (artifact.name, artifact.version)
            for artifact in store.artifact_store()
        }
        for value in trials:
            version = outcomes[value]
            if version is None:
                trials.wrong += value in there
            else:
                trials.lost += there.get(value) != (f"name-{value % 3}", version)
        assert {None} < set(outcomes.values())
        assert store._catalog().reservations() == []  # noqa: SLF001 - nothing public tells
    trials.check()


def outcome(store: Store, value: Any, name: str) -> int | None:
    """Save, and return the version, or None if that raised."""
    try:
        return store.save(value, name).version
    except BackendUnavailableError:
        return None


def count(store: Store, trials: Trials, name: str, value: Any, version: int | None) -> None:
    """Compare what a save has returned with what there is, when the database is well again."""
    there = [artifact.version for artifact in store.artifact_store().search(name=name)]
    expected = [] if version is None else [version]
    trials.lost += len(set(expected) - set(there))
    trials.wrong += len(set(there) - set(expected))
    trials.lost += outcome(store, value, name) != len(expected)
    trials.lost += store.get(name).get_value() != value
    trials.wrong += len(store._catalog().reservations())  # noqa: SLF001 - nothing public tells


def test_a_connection_to_postgresql_that_breaks_at_any_word(
    own_postgres: PostgresServer, tmp_path: Path, trials_of: MakeTrials
) -> None:
    """However far a save had got, it has returned and is there, or raised and is not."""
    with (
        UnreliableDatabase(own_postgres) as proxy,
        Store(home_dir=tmp_path, database_url=proxy.url) as store,
    ):
        store.save(0, "first")
        proxy.heal()
        store.save(0, "first")
        cases = list(itertools.product(range(proxy.said), BREAKS))
        trials = trials_of("PostgreSQL: connection breaks", rounds=len(cases), few=12)
        chosen = trials.random.sample(cases, trials.rounds)
        versions = []
        for number in trials:
            proxy.fail(*chosen[number])
            versions.append(outcome(store, number, f"name-{number}"))
            proxy.heal()
            count(store, trials, f"name-{number}", number, versions[-1])
        assert {None, 0} == set(versions)
    trials.check()


class Both(NamedTuple):
    """A store on an unreliable PostgreSQL server, whose models go to MLflow."""

    store: Store
    proxy: UnreliableDatabase
    client: Any


@pytest.fixture
def both(
    own_postgres: PostgresServer,
    mlflow_server_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Both]:
    """Such a store, which does not wait long for the database."""
    mlflow = pytest.importorskip("mlflow", reason="the models are to be in MLflow")
    wait_for_locks(monkeypatch, 1.0)
    with (
        UnreliableDatabase(own_postgres) as proxy,
        Store(
            home_dir=tmp_path, database_url=proxy.url, mlflow_tracking_uri=mlflow_server_url
        ) as store,
    ):
        yield Both(store, proxy, mlflow.MlflowClient(mlflow_server_url, mlflow_server_url))


def test_a_commit_whose_answer_is_lost(
    both: Both, train: Callable[[str], Trained], trials_of: MakeTrials
) -> None:
    """The catalog is asked again; if it does not answer for long, the error says so.

    MLflow has what the catalog has, and gc finds the rest.
    """
    store, proxy, client = both
    model = train("sklearn").model
    cases = itertools.product([False, True], ["lineapy", "mlflow"], BREAKS)
    trials = trials_of("PostgreSQL: commit not answered", rounds=24, few=6)
    for number, (lasting, backend, how) in zip(trials, itertools.cycle(cases)):
        name, error, version = f"model-{uuid.uuid4().hex}", "", None
        # Two transactions announce the save.
        proxy.fail(2, how, words=b"COMMIT\0", lasting=lasting)
        try:
            version = store.save(model, name, storage_backend=backend).version
        except BackendUnavailableError as raised:
            error = str(raised)
        proxy.heal()
        there = [artifact.version for artifact in store.artifact_store().search(name=name)]
        known = "not known" not in error
        trials.wrong += known == lasting
        if known:
            trials.lost += len({version} - {None} - set(there))
            trials.wrong += len(set(there) - {version})
        store.save(number, f"other-{number}")  # and what failed is ended with it
        store.gc(mlflow=True)
        trials.wrong += len(store._catalog().reservations())  # noqa: SLF001 - nothing public tells
        logged = client.search_logged_models(["0"], filter_string=f"tags.`lineapy.name` = '{name}'")
        trials.wrong += len(logged) != (len(there) if backend == "mlflow" else 0)
        for artifact in store.artifact_store().search(name=name):
            trials.lost += len(differences(artifact.get_value(), model))
    trials.check()


def wait_for_locks(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """Let catalogs wait for a database for so long, which takes seconds otherwise."""
    defaults: Any = Catalog.__init__.__kwdefaults__
    monkeypatch.setitem(defaults, "busy_timeout", seconds)


_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
for line in sys.stdin:
    connection.execute("BEGIN IMMEDIATE" if line == "lock\\n" else "COMMIT")
    print("done", flush=True)
"""


class Locker:
    """Another process that locks a catalog when it is told to."""

    def __init__(self, path: Path) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - the code above
            [sys.executable, "-c", _LOCK, str(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, what: str) -> None:
        """Lock it or unlock it; returns when it is done."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what}\n")
        self._process.stdin.flush()
        assert self._process.stdout.readline() == "done\n"

    def end(self) -> None:
        """End the process."""
        with self._process:
            self._process.kill()


class LocksWhenPickled:
    """A value amid whose save, when it has been announced, another process locks the catalog."""

    def __init__(self, locker: Locker, number: int) -> None:
        self.locker = locker
        self.number = number

    def __reduce__(self) -> tuple[Any, ...]:
        """Be pickled as a number."""
        self.locker.tell("lock")
        return int, (self.number,)


@pytest.fixture
def locked_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Store, Locker]]:
    """A store on SQLite that does not wait long for a lock, and a process that locks it."""
    wait_for_locks(monkeypatch, 0.3)
    with Store(home_dir=tmp_path) as store:
        store.save(0, "first")
        locker = Locker(tmp_path / "catalog.sqlite")
        try:
            yield store, locker
        finally:
            locker.end()


def test_sqlite_locked_before_or_amid_a_save(
    locked_store: tuple[Store, Locker], trials_of: MakeTrials
) -> None:
    """A save that waits for longer than it may raises, and is not there; the next one works."""
    store, locker = locked_store
    trials = trials_of("SQLite: locked in one save", rounds=30, few=4)
    for number in trials:
        value: Any = LocksWhenPickled(locker, number)
        if number % 2:
            locker.tell("lock")
            value = number
        version = outcome(store, value, f"name-{number}")
        trials.wrong += version is not None
        locker.tell("unlock")
        count(store, trials, f"name-{number}", number, version)
    trials.check()


def test_sqlite_locked_now_and_then_amid_saves(
    locked_store: tuple[Store, Locker], trials_of: MakeTrials
) -> None:
    """Of the saves of three threads, those that returned are there and load; the others are not."""
    store, locker = locked_store
    trials = trials_of("SQLite: locked amid saves", rounds=300, few=40)
    outcomes: dict[int, int | None] = {}
    values = iter(range(trials.rounds))

    def save() -> None:
        for value in values:
            outcomes[value] = outcome(store, value, f"name-{value}")

    savers = [threading.Thread(target=save) for _ in range(3)]
    for saver in savers:
        saver.start()
    while any(saver.is_alive() for saver in savers):
        locker.tell("lock")
        threading.Event().wait(trials.random.uniform(0, 0.6))
        locker.tell("unlock")
        threading.Event().wait(trials.random.uniform(0, 0.3))
    for number in trials:
        count(store, trials, f"name-{number}", number, outcomes[number])
    assert {None, 0} == set(outcomes.values())
    trials.check()
