"""Many processes and threads that save under one name at once: all of it is there, each once."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import Store, differences

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from lineapy_store import Artifact
    from tests.plugins.faults import MakeTrials, Trials
    from tests.plugins.leftovers import leftovers_of
    from tests.plugins.savers import Savers, value_of

    Home = dict[str, Any]
else:
    from leftovers import leftovers_of
    from savers import Savers, value_of

_WRITERS = 8


def _check(trials: Trials, store: Store, saved: dict[int, str]) -> None:
    """Count as a trial each version that was saved, and look whether it is what was saved."""
    there = {artifact.version: artifact for artifact in store.artifact_store()}
    trials.lost += len(saved.keys() - there.keys())
    trials.wrong += len(there.keys() ^ set(range(len(saved))))
    for number in trials:
        artifact = there[number]
        trials.wrong += differences(value_of(saved[number]), artifact.get_value()) != []
        artifact.verify()
    trials.check()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def new_home(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], Home]]:
    """A function that gives arguments for a store with a catalog that nobody has made yet."""
    with contextlib.ExitStack() as stack:

        def new_home(name: str) -> Home:
            arguments = {"home_dir": str(tmp_path / name)}
            if request.param == "PostgreSQL":
                server = request.getfixturevalue("postgres_server")
                arguments["database_url"] = stack.enter_context(server.database())
            return arguments

        yield new_home


def _kind(arguments: Home) -> str:
    return "PostgreSQL" if "database_url" in arguments else "SQLite"


def test_processes_that_save_one_name_get_each_version_once(
    new_home: Callable[[str], Home], tmp_path: Path, trials_of: MakeTrials
) -> None:
    """Eight processes, which have to make the catalog first, save one name as fast as they can."""
    warm, home = new_home("warm"), new_home("home")
    trials = trials_of(f"save next to seven other processes: {_kind(home)}", rounds=400, few=80)
    saved: dict[int, str] = {}
    with Savers(tmp_path / "savers", warm, "small-warm") as savers, Store(**home) as store:
        seeds = [
            [f"small-{number}-{each}" for each in range(trials.rounds // _WRITERS)]
            for number in range(_WRITERS)
        ]
        savers.start(home, *([("shared", seed) for seed in each] for each in seeds))
        for told in savers.reports():
            if "saved" in told:
                _, version, seed = told["saved"]
                trials.wrong += version in saved
                saved[version] = seed
        assert savers.reap() == [0] * _WRITERS
        assert len(saved) == trials.rounds
        _check(trials, store, saved)
        assert store.gc() == []


def test_gc_and_deletes_next_to_saves_take_nothing_that_is_needed(
    new_home: Callable[[str], Home], tmp_path: Path, trials_of: MakeTrials
) -> None:
    """Processes save the same few values, of which every other version is deleted at once.

    So a value's file goes and comes again and again, while gc looks for what is left over.
    """
    warm, home = new_home("warm"), new_home("home")
    trials = trials_of(f"gc and delete next to saves: {_kind(home)}", rounds=400, few=60)
    seeds = [f"medium-{number % 3}" for number in range(trials.rounds // 2)]
    with Savers(tmp_path / "savers", warm, "small-warm") as savers, Store(**home) as store:
        savers.start(home, *[[("shared", seed) for seed in seeds]] * 2)
        reports = (told["saved"] for told in savers.reports() if "saved" in told)
        kept: dict[int, str] = {}
        for number in trials:
            name, version, seed = next(reports)
            if version % 2:
                store.delete(name, version)
            else:
                kept[version] = seed
            if number % 10 == 0:
                trials.wrong += len(store.gc())
        assert list(reports) == []
        assert savers.reap() == [0, 0]
        there = {artifact.version: artifact for artifact in store.artifact_store()}
        trials.lost += len(kept.keys() - there.keys())
        for version, artifact in there.items():
            trials.wrong += differences(value_of(kept[version]), artifact.get_value()) != []
        trials.wrong += len(leftovers_of(store))
    trials.check()


@dataclasses.dataclass
class Writer:
    """A thread that saves in every place in turn, with a run of its own in MLflow or without.

    Attributes:
        stores: By their tracking URIs, or None for the lineapy backend.
        experiment: Id of the one in which its run is; None for no run.
        saved: What it saved, with where and the seeds of the values.
        run: Id of its run.
        strange: How often what it saw of MLflow's state was not its own.
    """

    stores: dict[str | None, Store]
    experiment: str | None
    saved: list[tuple[Artifact, str | None, str]] = dataclasses.field(default_factory=list)
    run: str | None = None
    strange: int = 0

    def work(self, name: str, seeds: list[str], together: threading.Barrier) -> None:
        """Save, and look at MLflow after each."""
        import mlflow  # noqa: PLC0415 - there is an environment without it

        with contextlib.ExitStack() as stack:
            if self.experiment is not None:
                run = stack.enter_context(mlflow.start_run(experiment_id=self.experiment))
                self.run = run.info.run_id
            before = _seen()
            together.wait()
            for each, seed in enumerate(seeds):
                uri = list(self.stores)[each % len(self.stores)]
                backend = "lineapy" if uri is None else "mlflow"
                artifact = self.stores[uri].save(value_of(seed), name, storage_backend=backend)
                self.saved.append((artifact, uri, seed))
                if self.run is not None:
                    mlflow.log_metric("saved", each)
                self.strange += _seen() != before

    def misplaced(self, home: str, experiment: str) -> int:
        """Return how many models are not where they belong.

        Args:
            home: Tracking URI that MLflow is pointed at.
            experiment: Id of the one that it is pointed at.
        """
        from mlflow import MlflowClient  # noqa: PLC0415 - there is an environment without it

        found = 0
        for artifact, uri, _ in self.saved:
            if uri is None:
                continue
            known = artifact.get_metadata().mlflow
            model = MlflowClient(uri).get_logged_model(known.model_uri.rpartition("/")[2])
            place = (self.run, self.experiment or experiment) if uri == home else (None, "0")
            found += (
                known.tracking_uri,
                model.source_run_id or None,
                model.experiment_id,
            ) != (uri, *place)
        if self.run is not None:
            metrics = MlflowClient(home).get_metric_history(self.run, "saved")
            found += [each.value for each in metrics] != list(range(len(self.saved)))
        return found


def _seen() -> dict[str, Any]:
    """Return what a thread sees of MLflow."""
    import mlflow  # noqa: PLC0415 - there is an environment without it

    run, client = mlflow.active_run(), mlflow.MlflowClient()
    return {
        "tracking": mlflow.get_tracking_uri(),
        "registry": mlflow.get_registry_uri(),
        "client": client.tracking_uri,
        "experiment": mlflow.tracking.fluent._get_experiment_id(),  # noqa: SLF001 - has no public getter
        "run": run and run.info.run_id,
        "environment": {key: value for key, value in os.environ.items() if "MLFLOW" in key},
    }


def test_threads_save_with_both_backends_at_once(
    tmp_path: Path,
    mlflow_server_url: str,
    mlflow_database: Callable[[Path], str],
    monkeypatch: pytest.MonkeyPatch,
    trials_of: MakeTrials,
) -> None:
    """Eight threads save one name in files and on two MLflow servers, and see no other's MLflow.

    Half of them have an active run, each in an experiment of its own, on the server that MLflow is
    pointed at.
    """
    pytest.importorskip("sklearn", reason="the values are its models")
    from mlflow import MlflowClient  # noqa: PLC0415 - there is an environment without it

    from pytest_lineapy.guard import isolated_mlflow  # noqa: PLC0415 - as above

    monkeypatch.chdir(tmp_path)  # MLflow keeps the artifacts of a new database there
    trials = trials_of("save next to seven other threads: both backends", rounds=400, few=24)
    name, home = f"shared-{uuid.uuid4().hex}", mlflow_server_url
    experiments = [
        str(MlflowClient(home).create_experiment(f"{name}-{number}")) for number in range(_WRITERS)
    ]
    with contextlib.ExitStack() as stack:
        stores: dict[str | None, Store] = {
            uri: stack.enter_context(Store(home_dir=tmp_path / "home", mlflow_tracking_uri=uri))
            for uri in (home, mlflow_database(tmp_path / "elsewhere.db"), None)
        }
        stack.enter_context(
            isolated_mlflow(
                tracking_uri=home,
                experiment_id=experiments[0],
                workspace=None,
                report=lambda _: None,  # of the artifacts of what is elsewhere
            )
        )
        writers = [
            Writer(stores, experiments[number] if number % 2 else None)
            for number in range(_WRITERS)
        ]
        together = threading.Barrier(_WRITERS)
        count = trials.rounds // _WRITERS
        with ThreadPoolExecutor(_WRITERS) as pool:
            for done in [
                pool.submit(
                    writer.work, name, [f"model-{number}-{each}" for each in range(count)], together
                )
                for number, writer in enumerate(writers)
            ]:
                done.result()
        for writer in writers:
            trials.wrong += writer.strange + writer.misplaced(home, experiments[0])
        saved = {artifact.version: seed for writer in writers for artifact, _, seed in writer.saved}
        assert len(saved) == trials.rounds
        _check(trials, stores[None], saved)
