"""Models in MLflow: what is logged, how it is read back, and what is left as it was."""

from __future__ import annotations

import contextlib
import dataclasses
import http.server
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

mlflow = pytest.importorskip("mlflow", reason="what is tested is MLflow's side")
np = pytest.importorskip("numpy", reason="predictions are arrays")

from mlflow.exceptions import MlflowException  # noqa: E402 - after it is known to be there

from lineapy_store import (  # noqa: E402 - as above
    Artifact,
    BackendUnavailableError,
    ConfigurationError,
    CorruptArtifactError,
    FallbackWarning,
    InvalidNameError,
    Store,
)
from lineapy_store.backends import mlflow as backend  # noqa: E402 - as above
from lineapy_store.backends import mlflow_scope  # noqa: E402 - as above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.plugins.models import Trained


@pytest.fixture(autouse=True)
def _mlflow_as_it_was() -> Iterator[None]:
    """Takes back where a test has pointed MLflow itself."""
    yield
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri(None)
    mlflow.set_registry_uri("")
    mlflow.tracking.fluent._active_experiment_id = None  # noqa: SLF001 - has no public reset
    for variable in ("MLFLOW_REGISTRY_URI", "MLFLOW_EXPERIMENT_ID"):
        os.environ.pop(variable, None)


def client_of(uri: str) -> Any:
    """Returns a client that is told where to look."""
    return mlflow.MlflowClient(tracking_uri=uri, registry_uri=uri)


def logged_for(uri: str, artifact_or_name: Artifact | str) -> list[Any]:
    """Returns the models in MLflow that belong to a name."""
    name = artifact_or_name if isinstance(artifact_or_name, str) else artifact_or_name.name
    found = client_of(uri).search_logged_models(
        ["0"], filter_string=f"tags.`lineapy.name` = '{name}'"
    )
    return list(found)


def versions_of(uri: str, name: str) -> list[int]:
    """Returns the registered versions of a name, oldest first."""
    found = client_of(uri).search_model_versions(f"name='{name}'")
    return sorted(int(version.version) for version in found)


def test_every_flavor_comes_back_and_plain_mlflow_reads_it(
    mlflow_store: Store, tracking_uri: str, name: str, trained: Trained
) -> None:
    """The store, mlflow.<flavor> and mlflow.pyfunc load a model that predicts the same."""
    expected = trained.predict(trained.model, trained.inputs)
    artifact = mlflow_store.save(trained.model, name)

    facts = artifact.get_metadata()
    assert facts.lineapy.storage_backend == "mlflow"
    assert facts.mlflow.model_flavor == trained.flavor
    value = artifact.get_value()
    assert type(value) is type(trained.model)
    np.testing.assert_array_equal(trained.predict(value, trained.inputs), expected)

    version = facts.mlflow.registered_model_version
    assert versions_of(tracking_uri, name) == [version] == [1]
    mlflow.set_tracking_uri(tracking_uri)
    flavor = getattr(mlflow, trained.flavor)
    plain = flavor.load_model(f"models:/{name}/{version}")
    np.testing.assert_array_equal(trained.predict(plain, trained.inputs), expected)
    pyfunc = mlflow.pyfunc.load_model(f"models:/{name}/{version}")
    predicted = pyfunc.predict(trained.inputs)
    if trained.flavor == "prophet":
        predicted = predicted["yhat"]
    np.testing.assert_array_equal(predicted, expected)


def test_metadata_has_what_is_promised(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """Every documented key is there, and digest and size are of the files that were logged."""
    artifact = mlflow_store.save(train("sklearn").model, name, tags={"team": "x"})
    facts = artifact.get_metadata().mlflow
    assert set(facts) >= {
        "tracking_uri",
        "registry_uri",
        "model_uri",
        "model_flavor",
        "registered_model_name",
        "registered_model_version",
        "run_id",
        "log_model_arguments",
    }
    assert facts.tracking_uri == facts.registry_uri == tracking_uri
    assert facts.model_uri == artifact.get_metadata().lineapy.storage_path
    assert facts.registered_model_name == name
    assert facts.log_model_arguments == {"tags": {"team": "x"}}
    mlflow.set_tracking_uri(tracking_uri)
    path = Path(mlflow.artifacts.download_artifacts(facts.model_uri))
    size = sum(
        each.stat().st_size
        for each in path.rglob("*")
        if each.is_file() and each.name != "registered_model_meta"
    )
    assert artifact.get_metadata().lineapy.size == size
    artifact.verify()


def test_arguments_reach_log_model(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """Signature, input example, metadata, tags, params and requirements are all in MLflow."""
    model, inputs, *_ = train("sklearn")
    signature = mlflow.models.infer_signature(inputs, model.predict(inputs))
    artifact = mlflow_store.save(
        model,
        name,
        signature=signature,
        input_example=inputs.head(2),
        metadata={"owner": "me"},
        tags={"stage": "test"},
        params={"depth": 3},
        extra_pip_requirements=["wheel"],
        registered_model_name=f"{name}-registered",
    )
    uri = artifact.get_metadata().mlflow.model_uri
    mlflow.set_tracking_uri(tracking_uri)
    info = mlflow.models.get_model_info(uri)
    assert info.signature == signature
    assert info.saved_input_example_info is not None
    assert info.metadata == {"owner": "me"}
    requirements = Path(mlflow.pyfunc.get_model_dependencies(uri)).read_text().split()
    assert "wheel" in requirements
    assert any(line.startswith("scikit-learn==") for line in requirements)
    (logged,) = logged_for(tracking_uri, artifact)
    assert logged.tags["stage"] == "test"
    assert logged.params == {"depth": "3"}
    assert versions_of(tracking_uri, f"{name}-registered") == [1]
    assert versions_of(tracking_uri, name) == []


def test_given_requirements_are_the_ones_recorded(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """What the user gives as pip_requirements is logged, without anything inferred."""
    artifact = mlflow_store.save(train("sklearn").model, name, pip_requirements=["six"])
    mlflow.set_tracking_uri(tracking_uri)
    uri = artifact.get_metadata().mlflow.model_uri
    lines = Path(mlflow.pyfunc.get_model_dependencies(uri)).read_text().split()
    assert [line for line in lines if not line.startswith("mlflow")] == ["six"]


def test_mlflow_warns_of_requirements_that_are_not_installed(
    mlflow_store: Store,
    name: str,
    train: Callable[[str], Trained],
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What the user asks for is compared with the environment; what was found in it is not."""

    def told() -> str:
        # MLflow 3.10 prints what later versions also hand on to the root logger.
        return caplog.text + capsys.readouterr().err

    mlflow_store.save(train("sklearn").model, name)
    assert "mismatch" not in told()
    mlflow_store.save(train("sklearn").model, name, extra_pip_requirements=["numpy==0.0.1"])
    assert "mismatch" in told()


def test_none_registers_nothing(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """registered_model_name=None logs the model only, and it still comes back."""
    artifact = mlflow_store.save(train("sklearn").model, name, registered_model_name=None)
    facts = artifact.get_metadata().mlflow
    assert (facts.registered_model_name, facts.registered_model_version) == (None, None)
    assert versions_of(tracking_uri, name) == []
    assert artifact.get_value().predict(train("sklearn").inputs) is not None
    mlflow_store.delete(name, version="all")
    assert logged_for(tracking_uri, name) == []


@pytest.mark.parametrize("kind", ["sklearn", "xgb-classifier", "statsmodels", "prophet"])
def test_an_argument_that_log_model_does_not_have_is_a_type_error(
    tmp_path: Path, kind: str, train: Callable[[str], Trained]
) -> None:
    """The error lists the arguments there are, and nothing has been written or contacted."""
    store = Store(home_dir=tmp_path / "home", mlflow_tracking_uri="http://127.0.0.1:1")
    with pytest.raises(TypeError, match=r"no argument 'registered_name'.*'?registered_model_name"):
        store.save(train(kind).model, "x", registered_name="y")
    assert len(store.artifact_store()) == 0
    assert store.gc() == []


@pytest.mark.parametrize("bad", ["a/b", "a:b"])
def test_a_name_that_the_registry_refuses_is_an_error(
    mlflow_store: Store, tracking_uri: str, bad: str, train: Callable[[str], Trained]
) -> None:
    """Nothing is written for it; the lineapy backend, or another registered name, takes it."""
    model = train("sklearn").model
    with pytest.raises(InvalidNameError, match=bad):
        mlflow_store.save(model, bad)
    assert len(mlflow_store.artifact_store()) == 0
    assert logged_for(tracking_uri, bad) == []
    assert mlflow_store.save(model, bad, storage_backend="lineapy").version == 0
    assert mlflow_store.save(model, bad, registered_model_name=None).version == 1


def test_punctuation_that_the_registry_takes_is_kept(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """A registered model has the very name, though a logged model's own takes no dot."""
    dotted = f"{name}.v2%"
    mlflow_store.save(train("sklearn").model, dotted)
    assert versions_of(tracking_uri, dotted) == [1]
    assert mlflow_store.get(dotted).get_value() is not None


def test_values_without_a_flavor_stay_with_lineapy(mlflow_store: Store, name: str) -> None:
    """An ordinary value is saved without a warning; one that was meant for MLflow with one."""
    artifact = mlflow_store.save({"a": 1}, name)
    assert artifact.get_metadata().lineapy.storage_backend == "lineapy"
    assert artifact.get_metadata().lineapy.reason == "no MLflow flavor takes builtins.dict"
    with pytest.warns(FallbackWarning, match=r"no MLflow flavor takes builtins\.dict") as caught:
        artifact = mlflow_store.save({"a": 1}, name, storage_backend="mlflow")
    assert caught[0].filename == __file__
    assert artifact.get_metadata().lineapy.requested_backend == "mlflow"
    assert "mlflow" not in artifact.get_metadata()
    with (
        mlflow_store.options.context(on_fallback="error"),
        pytest.raises(ConfigurationError, match="on_fallback"),
    ):
        mlflow_store.save({"a": 1}, name, storage_backend="mlflow")
    assert mlflow_store.get(name).version == 1


def test_an_unfitted_prophet_counts_as_without_flavor(mlflow_store: Store, name: str) -> None:
    """What log_model cannot write goes to lineapy, with the reason."""
    prophet = pytest.importorskip("prophet", reason="the model's library is not here")
    artifact = mlflow_store.save(prophet.Prophet(), name)
    assert artifact.get_metadata().lineapy.storage_backend == "lineapy"
    assert "fit" in artifact.get_metadata().lineapy.reason


def test_a_statsmodels_model_without_results_counts_as_without_flavor(
    mlflow_store: Store, name: str
) -> None:
    """A model that was not fitted is not what mlflow.statsmodels takes."""
    sm = pytest.importorskip("statsmodels.api", reason="the model's library is not here")
    with pytest.warns(FallbackWarning):
        artifact = mlflow_store.save(
            sm.OLS([1.0, 2.0], [[1.0], [2.0]]), name, storage_backend="mlflow"
        )
    assert artifact.get_metadata().lineapy.storage_backend == "lineapy"


def test_a_loaded_xgboost_model_can_be_trained_further(mlflow_store: Store) -> None:
    """What MLflow's format of XGBoost does not keep, the hyperparameters, comes back with it."""
    xgboost = pytest.importorskip("xgboost", reason="the model is XGBoost's")
    pytest.importorskip("sklearn", reason="XGBoost's estimators need it")
    x, y = np.arange(20.0).reshape(10, 2), np.arange(10) % 2
    model = xgboost.XGBClassifier(n_estimators=3, max_depth=2, learning_rate=0.5).fit(x, y)
    artifact = mlflow_store.save(model, "boosted")
    assert artifact.get_metadata()["lineapy"]["storage_backend"] == "mlflow"
    loaded = artifact.get_value()
    assert loaded.get_params()["n_estimators"] == 3
    again = loaded.fit(x, y)
    assert again.get_booster().num_boosted_rounds() == 3
    np.testing.assert_array_equal(again.predict_proba(x), model.predict_proba(x))


@contextlib.contextmanager
def silent_server() -> Iterator[str]:
    """A server that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class _Dripping(http.server.BaseHTTPRequestHandler):
    """A server whose answers begin at once and never end."""

    ended = threading.Event()
    until = 0.0

    def do_GET(self) -> None:
        """Sends one header's letters, several times in a second."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nX-Header: ")
        with contextlib.suppress(OSError):
            while not self.ended.wait(0.2) and time.monotonic() < self.until:
                self.wfile.write(b"x")

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextlib.contextmanager
def dripping_server() -> Iterator[str]:
    """A server from which there is always something to read, and never an answer."""
    _Dripping.ended.clear()
    _Dripping.until = time.monotonic() + 30
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Dripping) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        _Dripping.ended.set()
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "kind", ["nobody listens", "says nothing", "drips", "no folder", "no database"]
)
def test_a_server_that_is_down_is_an_error_within_seconds(
    tmp_path: Path,
    kind: str,
    train: Callable[[str], Trained],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The error names the URI, nothing falls back, and a later save works."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "1")
    uris = {
        "nobody listens": "http://127.0.0.1:1",
        "no folder": f"sqlite:///{tmp_path}/missing/mlflow.db",
        "no database": "postgresql+psycopg://me:s3cr3t@127.0.0.1:1/mlflow",
    }
    with contextlib.ExitStack() as stack:
        server = dripping_server if kind == "drips" else silent_server
        uri = uris.get(kind) or stack.enter_context(server())
        store = stack.enter_context(Store(home_dir=tmp_path / "home", mlflow_tracking_uri=uri))
        started = time.monotonic()
        for asked in (None, "mlflow"):
            with pytest.raises(BackendUnavailableError, match="cannot be reached") as caught:
                store.save(train("sklearn").model, "x", storage_backend=asked)
        assert time.monotonic() - started < 10
        assert "s3cr3t" not in str(caught.value)
        assert uri.rpartition("@")[2] in str(caught.value)
        assert len(store.artifact_store()) == 0
        assert store.save(train("sklearn").model, "x", storage_backend="lineapy").version == 0


def test_a_server_that_ends_makes_reading_an_error(
    mlflow_store: Store,
    name: str,
    train: Callable[[str], Trained],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Reading and deleting say that the server is gone, and the catalog keeps the version."""
    artifact = mlflow_store.save(train("sklearn").model, name)

    def refuse(uri: str, **_: Any) -> None:
        raise BackendUnavailableError(f"{uri} cannot be reached")

    monkeypatch.setattr(backend, "require_reachable", refuse)
    for call in (
        artifact.get_value,
        artifact.verify,
        lambda: mlflow_store.delete(name, version=0),
    ):
        with pytest.raises(BackendUnavailableError, match="cannot be reached"):
            call()
    monkeypatch.undo()
    assert mlflow_store.get(name).get_value() is not None


def test_delete_removes_both_sides(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """The registered version, the logged model and, when it is empty, the registered model go."""
    for _ in range(3):
        mlflow_store.save(train("sklearn").model, name)
    mlflow_store.delete(name, version=1)
    assert versions_of(tracking_uri, name) == [1, 3]
    assert len(logged_for(tracking_uri, name)) == 2
    mlflow_store.delete(name, version="all")
    assert versions_of(tracking_uri, name) == []
    assert logged_for(tracking_uri, name) == []
    with pytest.raises(MlflowException, match="not found"):
        client_of(tracking_uri).get_registered_model(name)


def test_delete_keeps_what_people_wrote(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """A registered model with a description, or with versions of others, stays."""
    mlflow_store.save(train("sklearn").model, name)
    client_of(tracking_uri).update_registered_model(name, description="ours")
    mlflow_store.delete(name, version="all")
    assert client_of(tracking_uri).get_registered_model(name).description == "ours"


def test_what_was_removed_in_mlflow_can_still_be_deleted_here(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """A model that somebody deleted in MLflow is an error to read and none to delete."""
    artifact = mlflow_store.save(train("sklearn").model, name)
    client = client_of(tracking_uri)
    client.delete_registered_model(name)
    client.delete_logged_model(artifact.get_metadata().mlflow.model_uri.rpartition("/")[2])
    with pytest.raises(CorruptArtifactError, match=f"{name}.*removed"):
        artifact.get_value()
    mlflow_store.delete(name, version=0)
    assert len(mlflow_store.artifact_store()) == 0


def test_an_altered_model_is_not_loaded(
    tmp_path: Path,
    mlflow_database: Callable[[Path], str],
    monkeypatch: pytest.MonkeyPatch,
    train: Callable[[str], Trained],
) -> None:
    """A changed, added or missing file in MLflow's own storage is found before loading."""
    monkeypatch.chdir(tmp_path)
    uri = mlflow_database(tmp_path / "mlflow.db")
    with Store(home_dir=tmp_path / "home", mlflow_tracking_uri=uri) as store:
        artifact = store.save(train("sklearn").model, "clf")
        (folder,) = (path.parent for path in (tmp_path / "mlruns").rglob("MLmodel"))
        target = folder / "requirements.txt"
        content = target.read_bytes()
        for damage in (
            lambda: target.write_bytes(content + b"evil"),
            target.unlink,
            lambda: (target.write_bytes(content), (folder / "more.py").write_text("")),
        ):
            damage()
            with pytest.raises(CorruptArtifactError, match="not the one that was saved"):
                artifact.get_value()
            with pytest.raises(CorruptArtifactError):
                artifact.verify()
        (folder / "more.py").unlink()
        assert artifact.get_value() is not None


def test_a_catalog_that_refuses_takes_the_model_back(
    mlflow_store: Store,
    tracking_uri: str,
    name: str,
    train: Callable[[str], Trained],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nothing stays in MLflow of a version that the catalog did not accept."""

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise BackendUnavailableError("the catalog is locked")

    monkeypatch.setattr("lineapy_store.catalog.Catalog.commit", fail)
    with pytest.raises(BackendUnavailableError, match="the catalog is locked"):
        mlflow_store.save(train("sklearn").model, name)
    monkeypatch.undo()
    assert versions_of(tracking_uri, name) == []
    assert logged_for(tracking_uri, name) == []
    assert mlflow_store.save(train("sklearn").model, name).version == 0


def test_a_log_model_that_fails_leaves_nothing(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """MLflow's own error comes through, and what it had begun is removed."""
    with pytest.raises(MlflowException):
        mlflow_store.save(train("sklearn").model, name, serialization_format="nonsense")
    assert logged_for(tracking_uri, name) == []
    assert len(mlflow_store.artifact_store()) == 0
    assert mlflow_store.gc() == []


def state() -> dict[str, Any]:
    """Returns all of MLflow's global state that a call could change."""
    run = mlflow.active_run()
    return {
        "tracking": mlflow.get_tracking_uri(),
        "registry": mlflow.get_registry_uri(),
        "run": run and run.info.run_id,
        "experiment": mlflow.tracking.fluent._active_experiment_id,  # noqa: SLF001 - has no public getter
        "environment": {key: value for key, value in os.environ.items() if "MLFLOW" in key},
        "code": [
            mlflow.get_tracking_uri.__code__,
            mlflow.active_run.__code__,
            mlflow.MlflowClient.log_model_artifacts.__code__,
        ],
    }


@pytest.fixture
def users_mlflow(tmp_path: Path, mlflow_database: Callable[[Path], str]) -> str:
    """The user's own MLflow, with a registry, an experiment and a run of theirs."""
    uri = mlflow_database(tmp_path / "users.db")
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(mlflow_database(tmp_path / "users-registry.db"))
    mlflow.set_experiment("mine")
    mlflow.start_run()
    return uri


def test_mlflows_state_is_as_it_was(
    mlflow_store: Store,
    users_mlflow: str,
    name: str,
    train: Callable[[str], Trained],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """After each call, whether it works or fails, MLflow is where the user pointed it."""
    before = state()
    artifact = mlflow_store.save(train("sklearn").model, name)
    assert state() == before
    artifact.get_value()
    artifact.verify()
    assert state() == before
    with pytest.raises(MlflowException):
        mlflow_store.save(train("sklearn").model, name, serialization_format="nonsense")
    assert state() == before
    with pytest.raises(TypeError):
        mlflow_store.save(train("sklearn").model, name, nonsense=1)
    monkeypatch.setattr(mlflow.sklearn, "load_model", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        artifact.get_value()
    assert state() == before
    mlflow_store.delete(name, version="all")
    assert state() == before
    assert client_of(users_mlflow).search_registered_models() == []
    assert list(client_of(users_mlflow).search_logged_models(["0", "1"])) == []


def test_other_threads_notice_nothing(
    mlflow_store: Store,
    tracking_uri: str,
    users_mlflow: str,
    name: str,
    train: Callable[[str], Trained],
) -> None:
    """While models are saved, a thread that logs a run sees and reaches the user's server."""
    model, expected, stop = train("sklearn").model, state(), threading.Event()
    expected.pop("code")
    seen: list[dict[str, Any]] = []
    runs: list[str] = []

    def watch() -> None:
        while not stop.is_set():
            with mlflow.start_run() as run:
                mlflow.log_metric("m", 1.0)
                found = state()
            runs.append(run.info.run_id)
            found.pop("code")
            seen.append(found | {"run": expected["run"]})

    def save(number: int) -> None:
        for _ in range(3):
            mlflow_store.save(model, f"{name}-{number}")

    watcher = threading.Thread(target=watch)
    savers = [threading.Thread(target=save, args=(number,)) for number in range(2)]
    for thread in (watcher, *savers):
        thread.start()
    for thread in savers:
        thread.join()
    stop.set()
    watcher.join()
    assert seen
    assert all(each == expected for each in seen)
    for run_id in runs:
        assert client_of(users_mlflow).get_run(run_id).data.metrics == {"m": 1.0}
    for number in range(2):
        assert versions_of(tracking_uri, f"{name}-{number}") == [1, 2, 3]


def test_a_run_of_the_same_server_gets_the_model(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """Inside a run of the server that the store uses, the model is the run's, as with MLflow."""
    mlflow.set_tracking_uri(tracking_uri)
    with mlflow.start_run() as run:
        artifact = mlflow_store.save(train("sklearn").model, name)
    assert artifact.get_metadata().mlflow.run_id == run.info.run_id
    (logged,) = logged_for(tracking_uri, artifact)
    assert logged.source_run_id == run.info.run_id


@pytest.mark.usefixtures("users_mlflow")
def test_a_run_of_another_server_does_not(
    mlflow_store: Store, name: str, train: Callable[[str], Trained]
) -> None:
    """A run that the store's server does not know is left out of it."""
    artifact = mlflow_store.save(train("sklearn").model, name)
    assert artifact.get_metadata().mlflow.run_id is None


def test_a_registry_of_its_own(
    tmp_path: Path,
    mlflow_database: Callable[[Path], str],
    monkeypatch: pytest.MonkeyPatch,
    train: Callable[[str], Trained],
) -> None:
    """Versions are registered where mlflow_registry_uri says, and deleted there."""
    monkeypatch.chdir(tmp_path)
    tracking = mlflow_database(tmp_path / "tracking.db")
    registry = mlflow_database(tmp_path / "registry.db")
    with Store(
        home_dir=tmp_path / "home", mlflow_tracking_uri=tracking, mlflow_registry_uri=registry
    ) as store:
        artifact = store.save(train("sklearn").model, "clf")
        assert artifact.get_metadata().mlflow.registry_uri == registry
        assert versions_of(tracking, "clf") == []
        assert versions_of(registry, "clf") == [1]
        assert artifact.get_value() is not None
        store.delete("clf", version="all")
        assert versions_of(registry, "clf") == []


def test_a_relative_database_is_found_from_another_folder(
    tmp_path: Path,
    mlflow_database: Callable[[Path], str],
    monkeypatch: pytest.MonkeyPatch,
    train: Callable[[str], Trained],
) -> None:
    """What a relative URI meant when the model was saved is what it means later."""
    mlflow_database(tmp_path / "mlflow.db")
    monkeypatch.chdir(tmp_path)
    with Store(home_dir=tmp_path / "home", mlflow_tracking_uri="sqlite:///mlflow.db") as store:
        artifact = store.save(train("sklearn").model, "clf")
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert artifact.get_value() is not None


def test_the_backend_is_the_recorded_one(
    mlflow_store: Store, name: str, train: Callable[[str], Trained]
) -> None:
    """Values are read where they were saved, whatever the options say by now."""
    mlflow_store.save(train("sklearn").model, name)
    mlflow_store.options.reset("mlflow_tracking_uri")
    mlflow_store.save(train("sklearn").model, name)
    backends = [
        mlflow_store.get(name, version).get_metadata().lineapy.storage_backend for version in (0, 1)
    ]
    assert backends == ["mlflow", "lineapy"]
    for version in (0, 1):
        assert mlflow_store.get(name, version).get_value().coef_.shape == (3, 4)


def test_mapping_is_for_the_lineapy_backend(
    mlflow_store: Store, name: str, train: Callable[[str], Trained]
) -> None:
    """mmap_mode cannot be had of a model in MLflow, and the error says so."""
    artifact = mlflow_store.save(train("sklearn").model, name)
    with pytest.raises(ConfigurationError, match="mmap_mode"):
        artifact.get_value(mmap_mode="r")


def test_a_password_is_not_recorded_and_still_used(
    tmp_path: Path, mlflow_server_url: str, name: str, train: Callable[[str], Trained]
) -> None:
    """The metadata has the URI without its password; reading uses the option's."""
    uri = mlflow_server_url.replace("http://", "http://me:s3cr3t@")
    with Store(home_dir=tmp_path / "home", mlflow_tracking_uri=uri) as store:
        artifact = store.save(train("sklearn").model, name)
        assert "s3cr3t" not in repr(artifact.get_metadata())
        assert artifact.get_metadata().mlflow.tracking_uri.startswith("http://me:***@")
        assert artifact.get_value() is not None
        store.options.reset("mlflow_tracking_uri")
        with pytest.raises(ConfigurationError, match="mlflow_tracking_uri"):
            artifact.get_value()


class _Refusing(http.server.BaseHTTPRequestHandler):
    """A server that is healthy, and refuses everything else in the way that its class says."""

    status = 401

    def do_GET(self) -> None:
        """Answers, or hangs up."""
        if self.path.endswith("/health"):
            self.send_response(200)
        elif self.status:
            self.send_response(self.status)
        else:
            self.connection.close()
            return
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET  # noqa: N815 - names of the base class

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


@contextlib.contextmanager
def refusing_server(status: int) -> Iterator[str]:
    """A tracking server that answers with a status, or hangs up for 0, behind a password."""
    handler = type("Handler", (_Refusing,), {"status": status})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://me:s3cr3t@127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [0, 401, 500])
def test_a_server_that_refuses_is_an_error_without_its_password(
    tmp_path: Path,
    status: int,
    train: Callable[[str], Trained],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """It is told where and why; the password is in no message, cause or log."""
    with (
        refusing_server(status) as uri,
        Store(home_dir=tmp_path / "home", mlflow_tracking_uri=uri) as store,
    ):
        with pytest.raises(BackendUnavailableError, match=r"me:\*\*\*@127") as caught:
            store.save(train("sklearn").model, "clf")
        assert len(store.artifact_store()) == 0
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))
    assert "s3cr3t" not in caplog.text


def test_a_server_that_refuses_to_read_has_not_lost_the_model(
    mlflow_store: Store, name: str, train: Callable[[str], Trained]
) -> None:
    """A refusal is not taken for damage, by reading or by verifying."""
    artifact = mlflow_store.save(train("sklearn").model, name)
    with refusing_server(401) as uri:
        elsewhere = dataclasses.replace(
            artifact._record,  # noqa: SLF001 - as if the server had become this one
            mlflow=artifact.get_metadata().mlflow
            | {"tracking_uri": uri.replace("s3cr3t", "***"), "registry_uri": uri},
        )
        mlflow_store.options.set("mlflow_tracking_uri", uri)
        moved = Artifact(mlflow_store, elsewhere)
        for read in (moved.get_value, moved.verify):
            with pytest.raises(BackendUnavailableError, match="refused"):
                read()


def test_a_database_that_hangs_up_is_an_error_within_seconds(
    tmp_path: Path, train: Callable[[str], Trained]
) -> None:
    """MLflow would try for minutes."""
    with refusing_server(0) as uri:
        database = uri.replace("http://", "postgresql+psycopg://") + "/mlflow"
        store = Store(home_dir=tmp_path / "home", mlflow_tracking_uri=database)
        started = time.monotonic()
        with pytest.raises(BackendUnavailableError, match="cannot be reached"):
            store.save(train("sklearn").model, "clf")
        assert time.monotonic() - started < 10


def test_a_failed_save_leaves_nothing_in_another_experiments_run(
    mlflow_store: Store,
    tracking_uri: str,
    name: str,
    train: Callable[[str], Trained],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What log_model began is removed from the experiment of the active run, too."""
    mlflow.set_tracking_uri(tracking_uri)
    experiment = mlflow.MlflowClient().create_experiment(name)

    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise MlflowException("half-way")

    monkeypatch.setattr(mlflow.MlflowClient, "_create_model_version", fail)
    with (
        mlflow.start_run(experiment_id=experiment),
        pytest.raises(MlflowException, match="half-way"),
    ):
        mlflow_store.save(train("sklearn").model, name)
    client = client_of(tracking_uri)
    assert list(client.search_logged_models([experiment])) == []
    with pytest.raises(MlflowException, match="not found"):
        client.get_registered_model(name)


def test_a_logged_model_of_the_users_is_not_deleted(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """A model that was there, and was given with model_id, stays when the version goes."""
    mlflow.set_tracking_uri(tracking_uri)
    users = mlflow.create_external_model(name="users")
    artifact = mlflow_store.save(train("sklearn").model, name, model_id=users.model_id)
    assert artifact.get_value() is not None
    mlflow_store.delete(name, version="all")
    assert client_of(tracking_uri).get_logged_model(users.model_id).model_id == users.model_id


def test_mlflows_last_logged_model_stays_the_users(
    mlflow_store: Store, users_mlflow: str, name: str, train: Callable[[str], Trained]
) -> None:
    """A save to another server does not become what mlflow.last_logged_model() means."""
    assert mlflow.get_tracking_uri() == users_mlflow
    mine = mlflow.create_external_model(name="mine")
    mlflow_store.save(train("sklearn").model, name)
    last = mlflow.last_logged_model()
    assert last is not None
    assert last.model_id == mine.model_id


def test_being_interrupted_leaves_mlflow_as_it_was(
    mlflow_store: Store,
    name: str,
    train: Callable[[str], Trained],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ctrl-C while the scope is being set up is made good, and the next save works."""
    before, calls = state(), itertools.count()
    stand_in_for = mlflow_scope._stand_in_for  # noqa: SLF001 - where the interrupt comes

    def interrupt(seam: str) -> Any:
        if next(calls) == 4:
            raise KeyboardInterrupt
        return stand_in_for(seam)

    monkeypatch.setattr(mlflow_scope, "_stand_in_for", interrupt)
    with pytest.raises(KeyboardInterrupt):
        mlflow_store.save(train("sklearn").model, name)
    assert state() == before
    assert mlflow_store.save(train("sklearn").model, name).version == 0
    assert state() == before


def test_threads_that_mlflow_starts_are_inside_too(tmp_path: Path) -> None:
    """MLflow moves artifacts in threads of its own, which must look at the same server."""
    repository = mlflow.store.artifact.local_artifact_repo.LocalArtifactRepository(str(tmp_path))
    with (
        mlflow_scope.scope(mlflow_scope.Scope(tracking_uri="http://inside")),
        repository._create_thread_pool() as pool,  # noqa: SLF001 - as MLflow does
    ):
        assert pool.submit(mlflow.get_tracking_uri).result() == "http://inside"
    assert mlflow.get_tracking_uri() != "http://inside"


def test_code_that_is_logged_with_a_model_is_kept_once(
    mlflow_store: Store,
    tmp_path: Path,
    name: str,
    train: Callable[[str], Trained],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """However often such models are loaded, one folder and one entry of sys.path stay."""
    monkeypatch.setattr(sys, "path", list(sys.path))
    monkeypatch.setattr(backend, "_code_folder", [])
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    (tmp_path / "helper.py").write_text("FACTOR = 2")
    before = len(sys.path)
    for kind in ("sklearn", "xgb-classifier", "sklearn"):
        artifact = mlflow_store.save(
            train(kind).model, name, code_paths=[str(tmp_path / "helper.py")]
        )
        for _ in range(3):
            artifact.get_value()
            artifact.verify()
    (kept,) = folder.glob("lineapy-*")
    (entry,) = sys.path[: len(sys.path) - before]
    assert [path.name for path in Path(entry).glob("*.py")] == ["helper.py"]
    assert [path.name for path in kept.rglob("*") if path.is_file()] == ["helper.py"]


def test_requirements_may_be_a_file(
    mlflow_store: Store,
    tracking_uri: str,
    tmp_path: Path,
    name: str,
    train: Callable[[str], Trained],
) -> None:
    """extra_pip_requirements takes a path, as MLflow's does, of either type."""
    (tmp_path / "more.txt").write_text("wheel\n")
    artifact = mlflow_store.save(
        train("sklearn").model, name, extra_pip_requirements=tmp_path / "more.txt"
    )
    mlflow.set_tracking_uri(tracking_uri)
    uri = artifact.get_metadata().mlflow.model_uri
    lines = Path(mlflow.pyfunc.get_model_dependencies(uri)).read_text()
    assert "wheel" in lines
    assert "scikit-learn==" in lines


SUBCLASS = """
import sys
from sklearn.linear_model import LogisticRegression
from xgboost import XGBClassifier
from lineapy_store import Store

class Mine(LogisticRegression):
    def extra(self):
        return "mine"

class Boosted(XGBClassifier):
    pass

X, y = [[0.0], [1.0], [0.2], [0.9]], [0, 1, 0, 1]
with Store(home_dir=sys.argv[1], mlflow_tracking_uri=sys.argv[2]) as store:
    for name, kind in (("mine", Mine), ("boosted", Boosted)):
        artifact = store.save(kind().fit(X, y), sys.argv[3] + name)
        assert type(artifact.get_value()) is kind
        print(artifact.get_metadata().mlflow.model_flavor)
"""
LOAD = """
import sys
import mlflow
mlflow.set_tracking_uri(sys.argv[1])
model = mlflow.sklearn.load_model(f"models:/{sys.argv[2]}mine/1")
print(model.extra(), list(model.predict([[0.0], [1.0]])))
"""


def test_a_subclass_in_main_loads_in_a_new_process(
    tmp_path: Path, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """A user's estimator that only the training script has is logged so that others can load it.

    MLflow keeps XGBoost's classes by name, so that of those only the script itself can; it is told.
    """
    train("xgb-classifier")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}

    def run(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(  # noqa: S603 - the code above
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done

    saved = run(SUBCLASS, str(tmp_path / "home"), tracking_uri, name)
    assert saved.stdout.split() == ["sklearn", "xgboost"]
    assert "__main__.Boosted is kept by name" in saved.stderr
    assert "mine [" in run(LOAD, tracking_uri, name).stdout
