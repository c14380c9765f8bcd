"""MLflow's global state: a test's own inside, the user's again afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy._cache import migrated_database
from pytest_lineapy.guard import isolated_mlflow

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    Place = Callable[[str], AbstractContextManager[list[str]]]

mlflow = pytest.importorskip("mlflow", reason="its state is what is guarded")

# Logs to wherever this process's MLflow points, and says where that is.
_CHILD = """
import json, mlflow
with mlflow.start_run() as run:
    mlflow.log_param("from", "child")
print(json.dumps([mlflow.get_tracking_uri(), mlflow.get_registry_uri(), run.info.experiment_id]))
"""

# Enters a place before anything has imported MLflow.
_FRESH = """
import json, os, sys
from pytest_lineapy.guard import isolated_mlflow
with isolated_mlflow(tracking_uri=sys.argv[1], experiment_id="0", workspace=None, report=print):
    before = "mlflow" in sys.modules
    import mlflow
    with mlflow.start_run():
        mlflow.log_metric("m", 1)
    inside = mlflow.get_tracking_uri()
print(json.dumps([before, inside, mlflow.get_tracking_uri(), os.environ["MLFLOW_TRACKING_URI"]]))
"""

# Is in two places, one after the other, and the first to import scikit-learn.
_AUTOLOGS = """
import json, sys
import mlflow
from pytest_lineapy.guard import isolated_mlflow
mlflow.autolog(log_models=False, silent=True)
reported, counts = [], []
for number, uri in enumerate(sys.argv[1:]):
    with isolated_mlflow(
        tracking_uri=uri, experiment_id="0", workspace=None, report=reported.append
    ):
        if number:
            mlflow.autolog(log_models=False, silent=True, extra_tags={"of": "test"})
        from sklearn.linear_model import LinearRegression
        LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
        counts.append(len(mlflow.search_runs(output_format="list")))
integrations = mlflow.utils.autologging_utils.AUTOLOGGING_INTEGRATIONS
print(json.dumps([reported, counts, integrations["sklearn"]["extra_tags"]]))
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A function that enters the place of that name, on SQLite, and yields what is reported."""

    @contextlib.contextmanager
    def enter(name: str) -> Iterator[list[str]]:
        reported: list[str] = []
        with isolated_mlflow(
            tracking_uri=migrated_database(tmp_path / f"{name}.db", str(tmp_path / name)),
            experiment_id="0",
            workspace=None,
            report=reported.append,
        ):
            yield reported

    return enter


def _use_mlflow() -> None:
    with mlflow.start_run():
        mlflow.log_param("p", 1)
        mlflow.log_text("text", "note.txt")
    mlflow.MlflowClient().create_registered_model("clf")
    mlflow.create_experiment("another")
    with mlflow.start_span("traced"):
        pass


def _child(*arguments: str) -> Any:
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-W", "ignore", "-c", *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_user_server_gets_no_byte(
    place: Place, production: tuple[str, Callable[[], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the user had set everywhere, a place is entered, used and left without it."""
    url, connections = production
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI", "OTEL_EXPORTER_OTLP_ENDPOINT"):
        monkeypatch.setenv(name, url)
    monkeypatch.setenv("MLFLOW_EXPERIMENT_NAME", "fraud")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "2")  # nobody answers there
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.setenv("MLFLOW_RUN_ID", "0" * 32)
    with isolated_mlflow(
        tracking_uri=url, experiment_id="7", workspace="team-a", report=pytest.fail
    ):
        mlflow.set_tracking_uri(url)
        mlflow.set_registry_uri(url)
        with place("inside"):
            _use_mlflow()
            thread = threading.Thread(target=_use_in_thread)
            thread.start()
            thread.join()
        assert mlflow.get_tracking_uri() == url
        assert os.environ["MLFLOW_WORKSPACE"] == "team-a"
    assert os.environ["MLFLOW_RUN_ID"] == "0" * 32
    assert connections() == 0

    socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))).close()
    assert connections() == 1, "the listener counts"


def _use_in_thread() -> None:
    with mlflow.start_run():
        mlflow.log_param("from", "thread")


def test_place_that_is_entered_before_mlflow_is_imported(
    tmp_path: Path, production: tuple[str, Callable[[], int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The guard imports no MLflow, and one imported inside forgets the place afterwards."""
    url, connections = production
    monkeypatch.setenv("MLFLOW_TRACKING_URI", url)
    uri = migrated_database(tmp_path / "place.db", str(tmp_path / "artifacts"))

    assert _child(_FRESH, uri) == [False, uri, url, url]
    assert connections() == 0


def test_threads_and_processes_are_inside(place: Place) -> None:
    """What a test starts logs to the test's place, without being told."""
    seen = []
    with place("inside"):
        thread = threading.Thread(target=lambda: seen.append(mlflow.get_tracking_uri()))
        thread.start()
        thread.join()
        uri = mlflow.get_tracking_uri()

        assert seen == [uri]
        assert _child(_CHILD) == [uri, uri, "0"]
        (run,) = mlflow.search_runs(output_format="list")
        assert run.data.params == {"from": "child"}


def test_places_nest(place: Place) -> None:
    """An inner place hides the outer one's run and experiment, and both come back."""
    with place("outer"):
        mlflow.set_experiment("mine")
        outer_uri = mlflow.get_tracking_uri()
        with mlflow.start_run() as outer:
            with place("inner") as reported:
                assert mlflow.active_run() is None
                assert mlflow.last_active_run() is None
                with mlflow.start_run() as inner:
                    assert inner.info.experiment_id == "0"
            assert reported == []
            assert mlflow.active_run().info.run_id == outer.info.run_id
            mlflow.log_param("p", "outer")
        assert mlflow.get_tracking_uri() == outer_uri
        assert mlflow.get_run(outer.info.run_id).data.params == {"p": "outer"}
        with mlflow.start_run() as later:
            assert later.info.experiment_id == outer.info.experiment_id != "0"


def test_failure_puts_the_state_back(place: Place) -> None:
    """A test that fails inside leaves nothing of its place behind."""
    before = dict(os.environ)
    with contextlib.suppress(ZeroDivisionError), place("inside"):
        mlflow.set_tracking_uri("http://127.0.0.1:9")
        raise ZeroDivisionError
    assert dict(os.environ) == before
    assert not mlflow.is_tracking_uri_set()


def test_open_runs_are_ended_and_reported(place: Place) -> None:
    """Runs that were left open, nested or in another thread, are ended in the place and named."""
    with place("outer"):
        with place("inside") as reported:
            client = mlflow.MlflowClient()
            mlflow.start_run(run_name="parent")
            mlflow.start_run(run_name="child", nested=True)
            thread = threading.Thread(target=mlflow.start_run, kwargs={"run_name": "elsewhere"})
            thread.start()
            thread.join()
        assert len(reported) == 3
        for name, sentence in zip(("child", "parent"), reported, strict=False):
            assert f"'{name}'" in sentence
            assert "was left open, and was ended" in sentence
        assert mlflow.active_run() is None
        assert {run.info.status for run in client.search_runs(["0"])} == {"FINISHED"}


def test_run_of_a_place_that_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that cannot be ended is reported, and the state is put back all the same."""
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    reported: list[str] = []
    uri = migrated_database(tmp_path / "place.db", str(tmp_path / "artifacts"))
    with isolated_mlflow(
        tracking_uri=uri, experiment_id="0", workspace=None, report=reported.append
    ):
        mlflow.start_run()
        mlflow.set_tracking_uri("http://127.0.0.1:9")
    (sentence,) = reported
    assert "cannot be ended" in sentence
    assert mlflow.active_run() is None
    assert not mlflow.is_tracking_uri_set()


def test_place_wins_over_what_mlflow_was_told(place: Place, tmp_path: Path) -> None:
    """What the process had told MLflow, and not only its environment, is hidden inside."""
    outside = migrated_database(tmp_path / "outside.db", str(tmp_path / "outside"))
    mlflow.set_tracking_uri(outside)
    mlflow.set_registry_uri(outside)
    try:
        with place("inside"):
            _use_mlflow()
            (run,) = mlflow.search_runs(output_format="list")
        assert mlflow.get_tracking_uri() == mlflow.get_registry_uri() == outside
        client = mlflow.MlflowClient()
        assert client.search_runs(["0"]) == client.search_registered_models() == []
        assert run.data.params == {"p": "1"}
    finally:
        mlflow.set_tracking_uri(None)
        mlflow.set_registry_uri(None)
        os.environ.pop("MLFLOW_REGISTRY_URI", None)  # which MLflow leaves to later tests


def test_tracing_settings_of_the_user(place: Place) -> None:
    """Where traces go, and what is done to them, is the user's again after a test."""
    seen: list[str] = []

    def note(span: Any) -> None:
        seen.append(span.name)

    with place("outer"):
        experiment = mlflow.create_experiment("traces")
        mlflow.tracing.set_destination(_trace_location(experiment))
        mlflow.tracing.configure(span_processors=[note])
        with place("inside"):
            with mlflow.start_span("inside"):
                pass
            assert len(_traces("0")) == 1
        with mlflow.start_span("outside"):
            pass
        assert len(_traces(experiment)) == 1
        assert _traces("0") == []
    assert seen == ["outside"]


def _trace_location(experiment: str) -> Any:
    from mlflow.entities.trace_location import (  # noqa: PLC0415 - not installed everywhere
        MlflowExperimentLocation,
    )

    return MlflowExperimentLocation(experiment)


def _traces(experiment: str) -> list[Any]:
    mlflow.flush_trace_async_logging()
    return list(mlflow.search_traces(locations=[experiment], return_type="list"))


def test_autologging_left_on(place: Place) -> None:
    """Autologging that a test has switched on is off after it, and reported."""
    linear_model = pytest.importorskip("sklearn.linear_model", reason="is what is logged")
    with place("outer"):
        with place("inside") as reported:
            mlflow.sklearn.autolog(log_models=False)
        (sentence,) = reported
        assert "sklearn" in sentence
        linear_model.LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
        assert mlflow.search_runs(output_format="list") == []


def test_autologging_of_the_user(place: Place) -> None:
    """Autologging that was on before is left alone, or on again if a test has switched it off."""
    linear_model = pytest.importorskip("sklearn.linear_model", reason="is what is logged")
    with place("outer"):
        mlflow.sklearn.autolog(log_models=False, log_input_examples=False, silent=True)
        try:
            with place("inside") as reported:
                mlflow.sklearn.autolog(disable=True)
            assert reported == []
            linear_model.LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
            assert len(mlflow.search_runs(output_format="list")) == 1
        finally:
            mlflow.sklearn.autolog(disable=True)


def test_autologging_that_the_user_has_on_for_all(tmp_path: Path) -> None:
    """Where a test is the first to import a library it begins for that, and goes on afterwards."""
    pytest.importorskip("sklearn", reason="is what is logged")
    uris = [
        migrated_database(tmp_path / f"{number}.db", str(tmp_path / "artifacts"))
        for number in range(2)
    ]
    (sentence,), counts, tags = _child(_AUTOLOGS, *uris)
    assert "other arguments" in sentence
    assert "sklearn" in sentence
    assert counts == [1, 1]
    assert tags is None


def test_a_folder_that_has_been_removed(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A place may be entered, and left, where no folder is any more."""
    (tmp_path / "cwd").mkdir()
    monkeypatch.chdir(tmp_path / "cwd")
    (tmp_path / "cwd").rmdir()
    with place("inside") as reported:
        assert mlflow.get_tracking_uri().endswith("inside.db")
    assert reported == []
    assert not mlflow.is_tracking_uri_set()


def test_stray_files_are_named(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database or folder of MLflow's default place in the working directory is reported."""
    (tmp_path / "cwd" / "mlartifacts").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "cwd")
    with place("inside") as reported:
        (tmp_path / "cwd" / "mlruns").mkdir()
    (sentence,) = reported
    assert str(tmp_path / "cwd" / "mlruns") in sentence


def test_what_mlflow_keeps_in_the_environment(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Settings that MLflow's own functions, or the test, leave in variables end with the test."""
    monkeypatch.setenv("MLFLOW_TRACING_DESTINATION", "7")
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "false")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_TIMEOUT", "9")
    before = dict(os.environ)
    with place("inside"):
        assert "MLFLOW_TRACING_DESTINATION" not in os.environ
        assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
        assert os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"] == "9"
        mlflow.config.enable_async_logging()
        mlflow.enable_system_metrics_logging()
        os.environ["MLFLOW_ANYTHING"] = os.environ["MLFLOW_DISABLE_TELEMETRY"] = "1"
        del os.environ["MLFLOW_HTTP_REQUEST_TIMEOUT"]
    assert dict(os.environ) == before


def test_tracing_that_is_off(place: Place) -> None:
    """A test that switches tracing off leaves it on, and what the user has switched off is off."""
    with place("outer"):
        with place("first"):
            mlflow.tracing.disable()
        with mlflow.start_span("after the first"):
            pass
        assert len(_traces("0")) == 1
        mlflow.tracing.disable()
        with place("second"), mlflow.start_span("inside"):
            pass
        with mlflow.start_span("after the second"):
            pass
        assert len(_traces("0")) == 1
    with place("third"):
        with mlflow.start_span("inside"):
            pass
        assert len(_traces("0")) == 1


def test_traces_are_sent_before_the_place_ends(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is sent in the background is sent before MLflow is pointed elsewhere."""
    from mlflow.tracing.export import mlflow_v3  # noqa: PLC0415 - not installed everywhere

    may_go, seen = threading.Event(), []
    export = mlflow_v3.MlflowV3SpanExporter._log_trace  # noqa: SLF001 - what runs in the background
    flush = mlflow.flush_trace_async_logging

    def late(*arguments: Any, **options: Any) -> Any:
        # MLflow 3.10 sends them to a database at once, in this thread.
        if threading.current_thread() is not threading.main_thread():
            may_go.wait(30)
        seen.append(mlflow.get_tracking_uri())
        return export(*arguments, **options)

    def flush_late() -> None:
        may_go.set()
        flush()

    monkeypatch.setattr(mlflow_v3.MlflowV3SpanExporter, "_log_trace", late)
    monkeypatch.setattr(mlflow, "flush_trace_async_logging", flush_late)
    with place("inside"):
        uri = mlflow.get_tracking_uri()
        with mlflow.start_span("in the background"):
            pass
    flush_late()
    assert seen == [uri]


def test_workspace_of_the_user(place: Place) -> None:
    """The workspace that MLflow was told, and not by the environment, is hidden and comes back."""
    from mlflow.utils import workspace_context  # noqa: PLC0415 - not installed everywhere

    with workspace_context.WorkspaceContext("production"):
        with place("inside"):
            assert workspace_context.get_request_workspace() is None
            workspace_context._WORKSPACE.set("left")  # noqa: SLF001 - the setter asks the server
        assert workspace_context.get_request_workspace() == "production"


def test_runs_of_other_threads_are_hidden(place: Place) -> None:
    """A run that another thread has open is not the active one inside, and is again afterwards."""
    at, seen = threading.Barrier(2, timeout=30), []

    def work() -> None:
        run = mlflow.start_run()
        at.wait()  # entered
        at.wait()
        seen.append(mlflow.active_run())
        at.wait()  # left
        at.wait()
        seen.append(mlflow.active_run().info.run_id == run.info.run_id)
        mlflow.end_run()

    thread = threading.Thread(target=work)
    with place("outer"):
        thread.start()
        at.wait()
        with place("inside") as reported:
            at.wait()
            at.wait()
        assert reported == []
        at.wait()
        thread.join()
        assert seen == [None, True]
        assert mlflow.search_runs(output_format="list")[0].info.status == "FINISHED"


def test_autologging_with_other_arguments(place: Place) -> None:
    """Arguments that a test gives to autologging that was on before are put back, and reported."""
    linear_model = pytest.importorskip("sklearn.linear_model", reason="is what is logged")
    with place("outer"):
        mlflow.sklearn.autolog(log_models=False, extra_tags={"of": "user"}, silent=True)
        try:
            with place("inside") as reported:
                mlflow.sklearn.autolog(disable=True)
                mlflow.sklearn.autolog(log_models=False, extra_tags={"of": "test"}, silent=True)
            (sentence,) = reported
            assert "other arguments" in sentence
            assert "sklearn" in sentence
            linear_model.LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
            (run,) = mlflow.search_runs(output_format="list")
            assert run.data.tags["of"] == "user"
        finally:
            mlflow.sklearn.autolog(disable=True)


def test_mlflow_that_has_become_unusable(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment comes back though MLflow, unloaded by somebody, does not work any more."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://production.invalid")
    before = dict(os.environ)
    with (
        monkeypatch.context() as patch,
        pytest.raises(ModuleNotFoundError),
        place("inside"),
    ):
        patch.setitem(sys.modules, "mlflow.tracking.fluent", None)
    assert dict(os.environ) == before
    with place("another"):
        _use_mlflow()
    mlflow.set_tracking_uri(None)
    mlflow.set_registry_uri(None)
