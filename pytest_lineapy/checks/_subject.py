"""A model under check: trained once, saved in each backend once, and looked at in a fixed order.

What a model predicts may change it, so that each thing is looked at before what could spoil it:
what is loaded is compared first, and predictions are made then. The checks read from here, in any
order.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import os
import pickle
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store import Store
from lineapy_store.comparison import differences
from pytest_lineapy.checks._places import require_mlflow
from pytest_lineapy.checks._predict import Raised, predictions
from pytest_lineapy.checks._requirements import logged_requirements, modules_without
from pytest_lineapy.checks._results import Failed, Skipped, describe, failing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from lineapy_store import Artifact
    from lineapy_store.comparison import Difference
    from pytest_lineapy.checks._case import ModelCase, Trained
    from pytest_lineapy.checks._places import Place

BACKENDS = ("lineapy", "mlflow")

ARTIFACT = "model"
"""The name that everything is saved under."""

_FRESH_SECONDS = 300


@dataclasses.dataclass
class Saved:
    """A model in one backend.

    Attributes:
        backend: Which was asked for.
        place: Where its store is.
        store: The store.
        artifact: What ``save`` returned, version 0.
        found: How what was loaded then differs from what was saved.
        fresh: What a new interpreter made of it, if one has been asked.
        requirements: Names of the distributions that its requirements install, if one has been.
        without: Why an interpreter with nothing else could not load it; None if it could.
    """

    backend: str
    place: Place
    store: Store
    artifact: Artifact
    found: list[Difference]
    fresh: Fresh | None = None
    requirements: set[str] = dataclasses.field(default_factory=set)
    without: list[str] | None = None

    @property
    def flavor(self) -> str | None:
        """The flavor with which MLflow holds it; None if lineapy does."""
        known = self.artifact.get_metadata()
        return str(known["mlflow"]["model_flavor"]) if "mlflow" in known else None

    @property
    def registered_uri(self) -> str | None:
        """Its URI by registered name and version; None if lineapy holds it."""
        if self.flavor is None:
            return None
        known = self.artifact.get_metadata()["mlflow"]
        return f"models:/{known['registered_model_name']}/{known['registered_model_version']}"


@dataclasses.dataclass(frozen=True)
class Fresh:
    """What a new interpreter answers.

    Attributes:
        error: Why it could not, as lines; None if it could.
        outputs: What each method predicts; None without inputs.
        value: What it has loaded.
        modules: Top-level modules that loading and predicting has imported, with their files.
    """

    error: list[str] | None
    outputs: dict[str, Any] | None
    value: Any
    modules: dict[str, str | None]


class Subject:
    """A model case, its model and what has been saved of it.

    Args:
        case: The case.
        open_place: Opens an empty place for a backend, until the block ends.
        trained: The model, if it has been trained already.
    """

    def __init__(
        self,
        case: ModelCase,
        open_place: Callable[[str], AbstractContextManager[Place]],
        trained: Trained | None = None,
    ) -> None:
        self.case = case
        self._open_place = open_place
        self._given = trained
        self._until_closed = contextlib.ExitStack()

    def close(self) -> None:
        """Close the stores, and remove what is in them."""
        self._until_closed.close()

    @functools.cached_property
    def trained(self) -> Trained:
        """The model and its inputs.

        Raises:
            Failed: The function that trains it raises.
        """
        if self._given is not None:
            return self._given
        with failing("the function that trains it raises"), _quiet():
            return self.case.train()

    @functools.cached_property
    def _saved(self) -> dict[str, Saved | Failed | Skipped]:
        return {backend: self._save(backend) for backend in BACKENDS}

    def saved(self, backend: str) -> Saved:
        """Return the model as it is saved in a backend.

        Raises:
            Failed: It cannot be trained, saved or loaded.
            Skipped: The backend has none of it.
        """
        found = self._saved[backend]
        if not isinstance(found, Saved):
            raise found
        return found

    def _save(self, backend: str) -> Saved | Failed | Skipped:
        model = self.trained.model
        arguments = self.case.save_arguments if backend == "mlflow" else {}
        try:
            with failing("there is no place for it"):
                place = self._until_closed.enter_context(self._open_place(backend))
                uri = None if place.tracking is None else place.tracking.uri
                store = self._until_closed.enter_context(
                    Store(**place.options, mlflow_tracking_uri=uri)
                )
            with failing("it cannot be saved"), _quiet(), place.entered():
                artifact = store.save(model, ARTIFACT, **arguments)
            with failing("it cannot be loaded"), _quiet(), place.entered():
                found = differences(model, artifact.get_value())
        except (Failed, Skipped) as outcome:
            return outcome
        return Saved(backend, place, store, artifact, found)

    @functools.cached_property
    def expected(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """What the trained model predicts, asked twice, after it has been saved everywhere.

        Raises:
            Skipped: There are no inputs, or no method that predicts.
            Failed: Every such method raises.
        """
        inputs = self.trained.inputs
        if inputs is None:
            raise Skipped(
                "no inputs: give inputs=, a function <name>_inputs beside the one that trains, or "
                "return (model, inputs) from that"
            )
        _ = self._saved
        with _quiet():
            twice = (
                predictions(self.trained.model, inputs),
                predictions(self.trained.model, inputs),
            )
        raised = [output for output in twice[0].values() if isinstance(output, Raised)]
        if len(raised) == len(twice[0]):
            raise Failed(
                "the model itself cannot predict from the inputs",
                [each.error for each in raised],
                causes=["inputs that are not what the model was trained with"],
            )
        return twice

    def load(self, saved: Saved, version: int = 0) -> Any:
        """Return what the store has of it.

        Raises:
            Failed: It cannot be loaded.
        """
        with failing("it cannot be loaded"), _quiet(), saved.place.entered():
            return saved.store.get(ARTIFACT, version=version).get_value()

    def predict(self, model: Any) -> dict[str, Any]:
        """Return what a model predicts from the inputs."""
        with _quiet():
            return predictions(model, self.trained.inputs)

    def fresh(self, saved: Saved) -> Fresh:
        """Return what a new interpreter makes of the saved model; it is asked once.

        Where requirements are logged with the model, the interpreter is one in which nothing else
        seems to be installed; if that cannot load it, another one is asked, which has everything.
        """
        with contextlib.suppress(Skipped, Failed):
            _ = self.expected  # before anything else can change the model
        if saved.fresh is None:
            inputs = self.trained.inputs
            hidden = frozenset[str]()
            if saved.registered_uri is not None:
                with _quiet(), saved.place.entered():
                    saved.requirements = logged_requirements(saved.registered_uri)
                hidden = modules_without(saved.requirements)
            saved.fresh = _ask(saved, inputs, hidden)
            if hidden and saved.fresh.error is not None:
                saved.without = saved.fresh.error
                saved.fresh = _ask(saved, inputs, frozenset())
        return saved.fresh


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Let no warning of the model's or of MLflow's be an error, as it is in strict suites."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _ask(saved: Saved, inputs: Any, hidden: frozenset[str]) -> Fresh:
    """Start a new interpreter, and have it load the model."""
    import cloudpickle  # noqa: PLC0415 - only where a process is started

    tracking = saved.place.tracking
    if tracking is not None:
        require_mlflow()
    modules = ["store", "catalog", "content", "backends.lineapy", "backends.mlflow"]
    request = {
        "options": {**saved.place.options, "mlflow_tracking_uri": tracking and tracking.uri},
        "name": ARTIFACT,
        "version": 0,
        "hidden": hidden,
        "inputs": None if inputs is None else cloudpickle.dumps(inputs),
        "modules": [
            *(f"lineapy_store.{name}" for name in modules),
            *(["mlflow.pyfunc"] if tracking is not None else ()),
        ],
    }
    with tempfile.TemporaryDirectory(prefix="lineapy-fresh-") as temporary:
        folder = Path(temporary)
        (folder / "empty").mkdir()
        asked, answered = folder / "request", folder / "answer"
        asked.write_bytes(pickle.dumps(request))
        try:
            done = subprocess.run(  # noqa: S603 - our own module
                [sys.executable, "-m", "pytest_lineapy.checks._fresh", asked, answered],
                cwd=folder / "empty",
                env=_environment(saved.place),
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_FRESH_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return Fresh([f"no answer after {_FRESH_SECONDS} s"], None, None, {})
        if not answered.exists():
            ended = f"the interpreter has ended with exit code {done.returncode}"
            return Fresh([ended, *done.stderr.splitlines()[-10:]], None, None, {})
        try:
            answer = pickle.loads(answered.read_bytes())  # noqa: S301 - of our own process
        except Exception as error:  # noqa: BLE001 - whatever the model's classes raise
            return Fresh(
                ["what it has loaded does not come back", *describe(error)], None, None, {}
            )
    return Fresh(answer["error"], answer["outputs"], answer["value"], answer["modules"])


def _environment(place: Place) -> dict[str, str]:
    """Return the environment without what belongs to this run, or to the user's MLflow."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LINEAPY_", "MLFLOW_", "_MLFLOW_", "PYTEST_", "COV_"))
    }
    folders = [*place.python_path, *own.get("PYTHONPATH", "").split(os.pathsep)]
    own["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
    own["MLFLOW_DISABLE_TELEMETRY"] = "true"
    if place.tracking is not None:
        own["MLFLOW_TRACKING_URI"] = own["MLFLOW_REGISTRY_URI"] = place.tracking.uri
        if place.tracking.workspace is not None:
            own["MLFLOW_WORKSPACE"] = place.tracking.workspace
    return own
