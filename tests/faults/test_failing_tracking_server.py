"""A tracking server that fails amid a save: an error in seconds, no version, nothing forgotten."""

from __future__ import annotations

import contextlib
import itertools
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from click.testing import CliRunner

mlflow = pytest.importorskip("mlflow", reason="the tracking server is MLflow's")

from lineapy_store import BackendUnavailableError, Store  # noqa: E402 - after the skip
from lineapy_store.cli import main  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from tests.plugins.faults import MakeTrials, Trials
    from tests.plugins.models import Trained
    from tests.plugins.unreliable import DONE, LOST, Unreliable
else:
    from unreliable import DONE, LOST, Unreliable

_LIMIT = 10.0  # seconds until a save has failed
_WAITING = ("silent", "answer silent", "late")


class Case(NamedTuple):
    """What fails: the request at a place in a save, how, and whether those that follow do."""

    number: int
    how: str
    lasting: bool


class Bench:
    """What each case is tried with: a store and a proxy of its own, before the server of all."""

    def __init__(self, folder: Path, server: str, model: Any) -> None:
        self.folder = folder
        self.server = server
        self.model = model
        self.client = mlflow.MlflowClient(tracking_uri=server, registry_uri=server)

    @contextlib.contextmanager
    def store(self) -> Iterator[tuple[Store, Unreliable, str]]:
        """Give a store whose MLflow is behind a proxy, the proxy, and a name that nobody has."""
        name = f"model-{uuid.uuid4().hex}"
        with (
            Unreliable(self.server) as proxy,
            Store(home_dir=self.folder / name, mlflow_tracking_uri=proxy.url) as store,
        ):
            yield store, proxy, name

    def there(self, name: str) -> set[tuple[str, str]]:
        """Return all that the server has under a name, as kinds and names."""
        models = self.client.search_logged_models(
            ["0"], filter_string=f"tags.`lineapy.name` = '{name}'"
        )
        versions = self.client.search_model_versions(f"name = '{name}'")
        registered = self.client.search_registered_models(f"name = '{name}'")
        return {
            *(("logged model", model.model_id) for model in models),
            *(("model version", f"{name} {version.version}") for version in versions),
            *(("registered model", name) for _ in registered),
        }

    def wrong_with(self, case: Case) -> list[str]:
        """Let a request of a save fail, and return all that is not as promised."""
        with self.store() as (store, proxy, name):
            proxy.fail(case.number, case.how, lasting=case.lasting)
            artifact, error = None, None
            try:
                artifact = store.save(self.model, name)
            except Exception as raised:  # noqa: BLE001 - looked at below
                error = raised
            seconds = time.monotonic() - (proxy.failed_at or time.monotonic())
            versions = len(store.artifact_store())
            proxy.heal()
            kept = of_catalog(store, name)
            expected = self.there(name) - kept
            listed = store.gc(mlflow=True, dry_run=True)
            removed = store.gc(mlflow=True)
            holds = {
                f"{seconds} s": seconds < _LIMIT,
                f"{error!r}": isinstance(error, (BackendUnavailableError, type(None))),
                f"{error!r}, {versions} versions": versions == (artifact is not None),
                f"{expected} is left, {listed} listed": expected
                == {(each.kind, each.name) for each in listed if each.kind != "reservation"},
                f"{listed} listed, {removed} removed": removed == listed,
                "gc has more to do": not store.gc(mlflow=True),
                "something is left": self.there(name) == kept,
            }
            later = store.save(self.model, name)
            for each in {later, artifact or later}:
                loaded = each.get_value().coef_.tolist()
                holds[f"version {each.version}"] = loaded == self.model.coef_.tolist()
            store.delete(name, version="all")
            holds["delete leaves something"] = not self.there(name)
        return [problem for problem, fine in holds.items() if not fine]


def of_catalog(store: Store, name: str) -> set[tuple[str, str]]:
    """Return what the catalog says that MLflow has, as kinds and names."""
    known = [artifact.get_metadata().mlflow for artifact in store.artifact_store()]
    return {
        *(("logged model", facts.model_uri.rpartition("/")[2]) for facts in known),
        *(("model version", f"{name} {facts.registered_model_version}") for facts in known),
        *(("registered model", name) for _ in known),
    }


@pytest.fixture
def bench(tmp_path: Path, mlflow_server_url: str, train: Callable[[str], Trained]) -> Bench:
    """A server, and a model to save."""
    return Bench(tmp_path, mlflow_server_url, train("sklearn").model)


@pytest.fixture
def requests_of_a_save(bench: Bench) -> int:
    """How many requests one save makes."""
    with bench.store() as (store, proxy, name):
        store.save(bench.model, name)
        number = len(proxy.requests)
        proxy.heal()
        store.delete(name, version="all")
    return number


def try_all(bench: Bench, trials: Trials, cases: Iterable[Case], *, at_once: int) -> None:
    """Try cases, several at once since most of the time is spent waiting, and count."""
    with ThreadPoolExecutor(at_once) as pool:
        results = [(case, pool.submit(bench.wrong_with, case)) for case in cases]
        for number in trials:
            case, result = results[number]
            for problem in result.result():
                print(f"{case}: {problem}")  # noqa: T201 - pytest shows it if the test fails
                trials.wrong += 1


def test_a_server_that_fails_at_any_request_of_a_save(
    bench: Bench, requests_of_a_save: int, trials_of: MakeTrials
) -> None:
    """Each save fails within 10 s or is there; gc finds all that it left; a later save works."""
    places = range(requests_of_a_save)
    lasting = [how for how in (*LOST, *DONE) if how not in _WAITING]
    cases = [Case(*each, lasting=True) for each in itertools.product(places, lasting)]
    once = ["cut", "page", "answer cut", "answer 500"]
    cases += [Case(*each, lasting=False) for each in itertools.product(places, once)]
    # Those wait for as long as is the default.
    waiting = [Case(number, "silent", lasting=True) for number in (0, 2, 8, places[-1])]
    trials = trials_of("MLflow server: a request fails", rounds=len(cases + waiting), few=6)
    some = trials.rounds < len(cases)
    try_all(bench, trials, trials.random.sample(cases, 6) if some else cases + waiting, at_once=4)
    trials.check()


def test_a_server_that_falls_silent_at_any_request_of_a_save(
    bench: Bench,
    requests_of_a_save: int,
    trials_of: MakeTrials,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The same holds where nothing is said, in the seconds that the environment allows."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")
    places = range(requests_of_a_save)
    cases = [Case(*each, lasting=True) for each in itertools.product(places, _WAITING)]
    cases += [Case(number, "silent", lasting=False) for number in places]
    trials = trials_of("MLflow server: silence", rounds=len(cases), few=3)
    try_all(bench, trials, trials.random.sample(cases, trials.rounds), at_once=6)
    trials.check()


def test_bytes_that_flow_are_no_silence(
    bench: Bench, trials_of: MakeTrials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large model may take longer than silence may: it is taken in slowly, or stored slowly.

    If the server does not take it in at all, that is an error.
    """
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    kinds = ("slow answer", "stuck", "slow")
    trials = trials_of("MLflow server: a slow upload", rounds=12, few=2)
    for number in trials:
        how = kinds[number % 3]
        # The kernel takes in megabytes of what nobody reads.
        model = large_model(10_000_000 if how == "stuck" else 3_000_000)
        with bench.store() as (store, proxy, name):
            proxy.fail(0, how, lasting=True, size=1_000_000)
            began = time.monotonic()
            if how == "stuck":
                with pytest.raises(BackendUnavailableError):
                    store.save(model, name)
                trials.wrong += time.monotonic() - began > _LIMIT
                trials.wrong += len(store.artifact_store())
            else:
                artifact = store.save(model, name)
                trials.wrong += time.monotonic() - began < 2
                # It is fetched from where it is stored before the first byte comes.
                proxy.fail(0, "slow answer", lasting=True, path="/artifacts/model.")
                trials.lost += bool((artifact.get_value().coef_ != model.coef_).any())
                trials.wrong += proxy.failed_at is None
                store.delete(name, version="all")
            proxy.heal()
            store.gc(mlflow=True)
            trials.wrong += len(bench.there(name))
    trials.check()


def large_model(size: int) -> Any:
    """Return a model that has so many bytes."""
    linear_model = pytest.importorskip("sklearn.linear_model", reason="the model is of sklearn")
    numpy = pytest.importorskip("numpy", reason="the model is an array")
    model = linear_model.LinearRegression()
    model.coef_ = numpy.random.default_rng(size).random(size // 8)
    return model


def test_gc_leaves_what_others_have_made(
    bench: Bench, trials_of: MakeTrials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of all that has the same name or the same tags, only what failed saves left is removed.

    There are versions of another store and of people, copies of versions and of leftovers, a
    leftover that somebody uses, and a save in progress.
    """
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    trials = trials_of("gc --mlflow: amid what others made", rounds=10, few=1)
    client = bench.client
    for _ in trials:
        with bench.store() as (store, proxy, name), bench.store() as (other, _proxy, _name):
            copies, empty = f"{name}-copies", f"{name}-empty"
            client.create_registered_model(empty)
            saved = store.save(bench.model, name)
            other.save(bench.model, name)
            uri = saved.get_metadata().mlflow.model_uri
            client.create_model_version(name, uri, model_id=uri.rpartition("/")[2])
            for target in (name, copies):
                client.copy_model_version(f"models:/{name}/1", target)
            before = bench.there(name)
            for _ in range(3):
                proxy.fail(12, "cut", lasting=True)  # the version is registered by then
                with pytest.raises(BackendUnavailableError):
                    store.save(bench.model, name)
                proxy.heal()
            left = bench.there(name) - before
            going, *used = sorted(number for kind, number in left if kind == "model version")
            client.set_registered_model_alias(name, "champion", used[0].split()[1])
            client.copy_model_version(f"models:/{name}/{used[1].split()[1]}", copies)
            source = client.get_model_version(name, going.split()[1]).source
            expected = {("model version", going), ("logged model", source.rpartition("/")[2])}
            everything = [bench.there(each) for each in (name, copies, empty)]
            with saving(store, bench, name, monkeypatch) as finish:
                listed = run(store, "gc", "--mlflow", "--dry-run", "--json")
                trials.wrong += {
                    (each["kind"], each["name"]) for each in listed if each["kind"] != "reservation"
                } != expected
                trials.wrong += run(store, "gc", "--mlflow", "--json") != listed
                finish()
                for artifact in [*store.artifact_store(), *other.artifact_store()]:
                    trials.lost += artifact.get_value().coef_.tolist() != bench.model.coef_.tolist()
                trials.lost += len(store.artifact_store()) != 2
            now = [bench.there(each) for each in (name, copies, empty)]
            trials.lost += len(everything[0] - expected - now[0]) + (everything[1:] != now[1:])
            trials.wrong += len(expected & now[0])
    trials.check()


def test_delete_leaves_what_a_save_is_about_to_fill(
    bench: Bench, trials_of: MakeTrials, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Deleting the last version leaves the registered model to a save that goes on to fill it."""
    trials = trials_of("MLflow: delete amid a save", rounds=10, few=2)
    for number in trials:
        with bench.store() as (store, proxy, name):
            store.save(bench.model, name)
            create = "model-versions/create"
            with saving(store, bench, name, monkeypatch, path=create) as finish:
                if number % 2:
                    store.delete(name, version="all")
                else:  # nor does a save that fails
                    proxy.fail(0, "page", lasting=False, path=create)
                    with pytest.raises(BackendUnavailableError):
                        store.save(bench.model, name)
                    store.delete(name, version=0)
                finish()
                trials.lost += bench.there(name) != of_catalog(store, name)
                trials.lost += len(store.artifact_store()) != 1
    trials.check()


@contextlib.contextmanager
def saving(
    store: Store,
    bench: Bench,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    path: str = "",
) -> Iterator[Callable[[], object]]:
    """Give a function that lets a save, which is under way in a thread, go on to its end."""
    with (
        monkeypatch.context() as patch,
        Unreliable(bench.server) as proxy,
        Store(home_dir=store.options.get("home_dir"), mlflow_tracking_uri=proxy.url) as same,
        ThreadPoolExecutor(1) as pool,
    ):
        patch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "60")
        proxy.fail(0 if path else 12, "held", lasting=True, path=path)
        save = pool.submit(same.save, bench.model, name)
        assert proxy.failing.wait(60)

        def finish() -> object:
            proxy.heal()
            return save.result()

        try:
            yield finish
        finally:
            proxy.heal()


def run(store: Store, *arguments: str) -> Any:
    """Return what a command says of a store."""
    with store.activate():
        result = CliRunner().invoke(main, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)
