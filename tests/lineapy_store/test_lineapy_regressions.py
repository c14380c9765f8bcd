"""What LineaPy 0.2.3 got wrong, one test for each point. The ninth, slices, has no code yet."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import (
    BackendUnavailableError,
    ConfigurationError,
    FallbackWarning,
    InvalidNameError,
    Store,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.models import Trained


def backend_of(store: Store, value: object, name: str) -> str:
    """Returns where a value goes."""
    return str(store.save(value, name).get_metadata().lineapy.storage_backend)


def test_1_subclasses_and_xgboost_have_their_flavor(
    mlflow_store: Store, name: str, train: Callable[[str], Trained]
) -> None:
    """A user's subclass of an estimator and an XGBClassifier go to MLflow, not to a pickle."""
    base = type(train("sklearn").model)

    class Mine(base):  # type: ignore[misc, valid-type] # a base that is known at run time only
        """A user's own estimator."""

    mine = Mine(max_iter=500).fit([[0.0], [1.0]], [0, 1])
    assert backend_of(mlflow_store, mine, f"{name}-mine") == "mlflow"
    assert backend_of(mlflow_store, train("xgb-classifier").model, f"{name}-xgb") == "mlflow"


def test_2_nothing_that_was_asked_for_is_dropped_silently(
    mlflow_store: Store, name: str, recwarn: pytest.WarningsRecorder
) -> None:
    """A fallback warns, a misspelt backend is refused, and arguments are kept and told."""
    artifact = mlflow_store.save([1], name, storage_backend="mlflow", tags={"a": "b"})
    messages = [str(each.message) for each in recwarn if each.category is FallbackWarning]
    assert len(messages) == 2
    assert "no MLflow flavor takes builtins.list" in messages[0]
    assert "'tags'" in messages[1]
    assert artifact.get_metadata().lineapy.log_model_arguments == {"tags": {"a": "b"}}
    with pytest.raises(ConfigurationError, match="did you mean 'mlflow'"):
        mlflow_store.save([1], name, storage_backend="mlfow")


def test_3_options_stay_as_they_are(store: Store) -> None:
    """None unsets, reading changes nothing, and an unknown option gets a helpful error."""
    before = dict(os.environ)
    store.options.set("mlflow_tracking_uri", "http://127.0.0.1:1")
    store.options.set("mlflow_tracking_uri", None)
    assert store.options.get("mlflow_tracking_uri") is None
    assert store.options.get("default_ml_models_storage_backend") is None
    assert store.options.get("mlflow_registry_uri") is None
    assert dict(os.environ) == before
    with pytest.raises(ConfigurationError, match="did you mean 'mlflow_tracking_uri'"):
        store.options.set("mlflow_tracking_url", "x")


def test_4_loading_leaves_mlflow_alone(
    mlflow_store: Store,
    name: str,
    train: Callable[[str], Trained],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """MLflow's URIs are the user's after a load, and after one that fails."""
    mlflow = pytest.importorskip("mlflow")
    artifact = mlflow_store.save(train("sklearn").model, name)
    before = mlflow.get_tracking_uri(), mlflow.get_registry_uri(), dict(os.environ)
    artifact.get_value()
    assert (mlflow.get_tracking_uri(), mlflow.get_registry_uri(), dict(os.environ)) == before
    monkeypatch.setattr(mlflow.sklearn, "load_model", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        artifact.get_value()
    assert (mlflow.get_tracking_uri(), mlflow.get_registry_uri(), dict(os.environ)) == before


def test_5_the_backend_is_recorded_not_guessed(store: Store) -> None:
    """A name or value that looks like an address in MLflow is not taken for one."""
    artifact = store.save("runs:/abc/model", "runs:abc")
    assert artifact.get_metadata().lineapy.storage_backend == "lineapy"
    assert store.get("runs:abc").get_value() == "runs:/abc/model"


def test_6_every_name_of_a_value_has_its_own_mlflow_metadata(
    mlflow_store: Store, name: str, train: Callable[[str], Trained]
) -> None:
    """One value under two names is two models, and several flavors in one value are no trouble."""
    model = train("pipeline-with-xgboost").model
    first = mlflow_store.save(model, f"{name}-1").get_metadata().mlflow
    second = mlflow_store.save(model, f"{name}-2").get_metadata().mlflow
    assert (first.registered_model_name, second.registered_model_name) == (f"{name}-1", f"{name}-2")
    assert first.model_uri != second.model_uri
    assert first.model_flavor == second.model_flavor == "sklearn"


def test_7_values_are_not_shared(store: Store) -> None:
    """Two reads give two objects."""
    artifact = store.save({"a": []}, "x")
    one, two = artifact.get_value(), artifact.get_value()
    one["a"].append(1)
    assert two == artifact.get_value() == {"a": []}


@pytest.mark.parametrize("bad", ["../x", "a\0b", "", " x", "x" * 999])
def test_8_names_are_validated(store: Store, bad: str) -> None:
    """A name that cannot be kept is refused before anything is written."""
    with pytest.raises(InvalidNameError):
        store.save(1, bad)
    assert not Path(store.options.get("home_dir")).exists()


def test_8_files_are_named_by_content_checked_and_whole(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file's name is its digest, and a write that stops half-way leaves no such file."""
    artifact = store.save([1, 2, 3], "x")
    facts = artifact.get_metadata().lineapy
    assert re.fullmatch("[0-9a-f]{64}", facts.digest)
    assert Path(facts.storage_path).name == facts.digest

    def fail(*_args: Any) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fail)
        with pytest.raises(BackendUnavailableError, match="No space left"):
            store.save([4, 5, 6], "x")
    content = Path(store.options.get("artifact_storage_dir"))
    assert [path.name for path in content.rglob("*") if path.is_file()] == [facts.digest]
    assert store.gc() == []
    assert artifact.get_value() == [1, 2, 3]


def test_8_delete_removes_the_model_in_mlflow(
    mlflow_store: Store, tracking_uri: str, name: str, train: Callable[[str], Trained]
) -> None:
    """Nothing of a deleted version is left in MLflow."""
    mlflow = pytest.importorskip("mlflow")
    mlflow_store.save(train("sklearn").model, name)
    mlflow_store.delete(name, version="all")
    client = mlflow.MlflowClient(tracking_uri=tracking_uri, registry_uri=tracking_uri)
    assert client.search_model_versions(f"name='{name}'") == []
    assert [
        model
        for model in client.search_logged_models(["0"])
        if model.tags.get("lineapy.name") == name
    ] == []
