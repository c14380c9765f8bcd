"""A model under check: trained once, saved in each backend once, and looked at in a fixed order.

What a model predicts may change it, so that each thing is looked at before what could spoil it:
what is loaded is compared first, and predictions are made then. The checks read from here, in any
order.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import pickle
import types
from typing import TYPE_CHECKING, Any

from lineapy_store import Store
from lineapy_store.comparison import differences
from pytest_lineapy._tracking import asking
from pytest_lineapy.checks._code import of_artifact, of_function, run
from pytest_lineapy.checks._interpreter import environment, interpreter
from pytest_lineapy.checks._predict import Raised, predictions
from pytest_lineapy.checks._requirements import logged_requirements, modules_without
from pytest_lineapy.checks._results import Failed, Skipped, failing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from lineapy_store import Artifact
    from lineapy_store.comparison import Difference
    from pytest_lineapy.checks._case import ModelCase, Trained
    from pytest_lineapy.checks._code import Code, Made
    from pytest_lineapy.checks._interpreter import Answer
    from pytest_lineapy.checks._places import Place

BACKENDS = ("lineapy", "mlflow")

ARTIFACT = "model"
"""The name that everything is saved under."""


@dataclasses.dataclass
class Saved:
    """A model in one backend.

    Attributes:
        backend: Which was asked for.
        place: Where its store is.
        store: The store.
        artifact: What ``save`` returned, version 0.
        changed: How saving has changed attributes of the model itself.
        found: How what was loaded then differs from what was saved.
        fresh: What a new interpreter made of it, if one has been asked.
        requirements: Names of the distributions that its requirements install, if one has been.
        without: Why an interpreter with nothing else could not load it; None if it could.
    """

    backend: str
    place: Place
    store: Store
    artifact: Artifact
    changed: list[Difference]
    found: list[Difference]
    fresh: Answer | None = None
    requirements: set[str] = dataclasses.field(default_factory=set)
    without: list[str] | None = None

    @property
    def flavor(self) -> str | None:
        """The flavor with which MLflow holds it; None if lineapy does."""
        known = self.artifact.get_metadata()
        return str(known["mlflow"]["model_flavor"]) if "mlflow" in known else None

    @property
    def model_uri(self) -> str | None:
        """Its URI, by registered name and version if it is registered; None if lineapy holds it."""
        if self.flavor is None:
            return None
        known = self.artifact.get_metadata()["mlflow"]
        if known["registered_model_name"] is None:
            return str(known["model_uri"])
        return f"models:/{known['registered_model_name']}/{known['registered_model_version']}"


class Subject:
    """A model case, its model and what has been saved of it.

    Args:
        case: The case.
        open_place: Opens an empty place for a backend, until the block ends.
        trained: The model, if it has been trained already.
        called_with_model: Whether the user's code has called what runs the checks now, with the
            model as its first argument, so that the model's code is that before the call.
        seconds: How long a new interpreter may take to load it and to predict.
    """

    def __init__(
        self,
        case: ModelCase,
        open_place: Callable[[str], AbstractContextManager[Place]],
        trained: Trained | None = None,
        *,
        called_with_model: bool = False,
        seconds: float = 300.0,
    ) -> None:
        self.case = case
        self._open_place = open_place
        self._given = trained
        self._called_with_model = called_with_model
        self._seconds = seconds
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
        with failing("the function that trains it raises"):
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
                store = self._until_closed.enter_context(
                    Store(**place.options, mlflow_tracking_uri=place.uri)
                )
            before = dict(getattr(model, "__dict__", {}))
            with failing("it cannot be saved"), place.entered():
                artifact = store.save(model, ARTIFACT, **arguments)
            changed = _changed(before, getattr(model, "__dict__", {}))
            with failing("it cannot be loaded"), place.entered():
                found = differences(model, artifact.get_value())
        except (Failed, Skipped) as outcome:
            return outcome
        return Saved(backend, place, store, artifact, changed, found)

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

    @functools.cached_property
    def predicts(self) -> bool:
        """Whether there are inputs from which the trained model predicts."""
        try:
            return bool(self.expected)
        except (Failed, Skipped):
            return False

    def load(self, saved: Saved) -> Any:
        """Return what the store has of it.

        Raises:
            Failed: It cannot be loaded.
        """
        with failing("it cannot be loaded"), saved.place.entered():
            return saved.store.get(ARTIFACT, version=saved.artifact.version).get_value()

    def predict(self, model: Any) -> dict[str, Any]:
        """Return what a model predicts from the inputs."""
        return predictions(model, self.trained.inputs)

    @functools.cached_property
    def pickled_inputs(self) -> bytes | None:
        """The inputs for a new interpreter; None without any, or if they cannot be pickled."""
        if self.trained.inputs is None:
            return None
        import cloudpickle  # noqa: PLC0415 - only where a process is asked

        try:
            return bytes(cloudpickle.dumps(self.trained.inputs))
        except Exception:  # noqa: BLE001 - whatever their classes raise
            return None

    def fresh_value(self, saved: Saved) -> tuple[Any, Any]:
        """Return what is loaded here, and by a new interpreter.

        From there it comes as a pickle, so that here it is pickled once more too: some classes of
        libraries are not what they were after the second time.
        """
        import cloudpickle  # noqa: PLC0415 - only where a process is asked

        content = self.fresh(saved).value
        with failing("what a new interpreter has loaded does not come back"):
            here = pickle.loads(cloudpickle.dumps(self.load(saved)))  # noqa: S301 - our own
            return here, None if content is None else pickle.loads(content)  # noqa: S301 - as above

    def fresh(self, saved: Saved) -> Answer:
        """Return what a new interpreter makes of the saved model; it is asked once.

        Where requirements are logged with the model, the interpreter is one that has nothing else,
        nor the folders that tests import from; if it cannot load the model, another one is asked,
        which has everything.
        """
        _ = self.predicts  # before anything else can change the model
        if saved.fresh is None:
            if saved.model_uri is not None:
                with saved.place.entered():
                    saved.requirements = logged_requirements(saved.model_uri)
                own = saved.artifact.get_metadata()["mlflow"].get("local_modules", ())
                hidden = modules_without(saved.requirements).union(own)
                saved.fresh = self._ask(saved, hidden=hidden)
                saved.without = saved.fresh.error
            if saved.fresh is None or saved.without is not None:
                saved.fresh = self._ask(saved, python_path=saved.place.python_path)
        return saved.fresh

    def code(self, saved: Saved) -> Code:
        """Return what made the model.

        Raises:
            Skipped: That is not to be had.
        """
        if self.case.is_function:
            return of_function(self.case, self.trained)
        if self._called_with_model:
            return of_artifact(saved.artifact)
        raise Skipped("the model is given as it is: give the function that trains it instead")

    def made_by(self, code: Code, saved: Saved) -> Made:
        """Return what such code makes now.

        Raises:
            Failed: It raises, or takes far longer than it took.
            Skipped: There is no way to run it.
        """
        return run(code, saved.place, max(self._seconds, 10 * self.trained.seconds))

    def _ask(
        self, saved: Saved, *, hidden: Iterable[str] = (), python_path: Sequence[str] = ()
    ) -> Answer:
        """Have a new interpreter load what is saved."""
        place = saved.place
        request = {
            "options": {**place.options, "mlflow_tracking_uri": place.uri},
            "name": ARTIFACT,
            "version": 0,
            "hidden": frozenset(hidden),
            "inputs": self.pickled_inputs,
            "seconds": self._seconds,
            "python_path": list(python_path),
            "environment": environment(python_path, place.tracking, self.trained.environment),
        }
        with asking(None if place.tracking is None else place.tracking.server):
            return interpreter().ask(request)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """Return how attributes are other objects than they were, or gone; new ones are caches."""
    held = types.SimpleNamespace(**before)
    still = {name: after[name] for name in before if name in after}
    return differences(held, types.SimpleNamespace(**still))
