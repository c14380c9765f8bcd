"""The checks: each a small function, registered under its name with what it is for.

A function returns what is worth telling although the check holds, or nothing. It raises ``Failed``
or ``Skipped`` otherwise.
"""

from __future__ import annotations

import dataclasses
import importlib
import re
from typing import TYPE_CHECKING, Any

from lineapy_store import flavors
from lineapy_store.comparison import differences
from pytest_lineapy.checks._change import change, changes_in
from pytest_lineapy.checks._code import Made
from pytest_lineapy.checks._losses import split, split_runs
from pytest_lineapy.checks._predict import Raised, copied, repeatable
from pytest_lineapy.checks._requirements import left_out
from pytest_lineapy.checks._results import Failed, Skipped, failing, require_equal
from pytest_lineapy.checks._subject import ARTIFACT, BACKENDS, Saved, Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lineapy_store.comparison import Difference
    from pytest_lineapy.checks._interpreter import Answer

    _Function = Callable[[Subject, Saved], "str | None"]


@dataclasses.dataclass(frozen=True)
class Check:
    """A check.

    Attributes:
        name: What users call it.
        purpose: When it holds, in a line.
        backends: Those that it is for.
        causes: What usually makes it fail.
        run: The function.
    """

    name: str
    purpose: str
    backends: tuple[str, ...]
    causes: tuple[str, ...]
    run: _Function


CHECKS: dict[str, Check] = {}


def names_of(backend: str) -> list[str]:
    """Return the names of the checks for a backend, in order."""
    return [check.name for check in CHECKS.values() if backend in check.backends]


def _check(*causes: str, backends: Sequence[str] = BACKENDS) -> Callable[[_Function], _Function]:
    def register(function: _Function) -> _Function:
        purpose = (function.__doc__ or "").splitlines()[0]
        name = function.__name__.lstrip("_")
        CHECKS[name] = Check(name, purpose, tuple(backends), causes, function)
        return function

    return register


_LOADED = "left: the model that was trained; right: what get_value() returned"


@_check(
    "a __getstate__ or __reduce__ that drops or changes something, or works on vars(self) itself",
    "state in class attributes, globals or closures, which is not part of the object",
)
def _value(subject: Subject, saved: Saved) -> str | None:  # noqa: ARG001 - as all checks
    """What get_value returns has no differences from what was saved."""
    _require_held(saved)
    require_equal(
        "saving changes the model itself",
        saved.changed,
        sides="left: before it was saved; right: afterwards",
    )
    counted, explained = split(saved.flavor, saved.found)
    require_equal("what was loaded is not what was saved", counted, sides=_LOADED)
    return _told(saved.flavor, explained)


@_check(
    "a prediction that depends on something outside of the object: a global, the clock, an order",
    "numbers that are stored with less precision than they were computed with",
)
def _predictions(subject: Subject, saved: Saved) -> None:
    """Every prediction method gives the same output on the inputs."""
    _require_held(saved)
    first, again = subject.expected
    _require_same(
        subject,
        "the trained model predicts something else when it is asked again",
        first,
        again,
        sides="left: asked first; right: asked again, without saving or loading in between",
        causes=["predictions are random, or change the model"],
    )
    loaded = subject.load(saved)
    _require_same(
        subject, "the loaded model predicts something else", first, subject.predict(loaded)
    )


@_check(
    "a class or function that is defined in __main__, a notebook or a test module",
    "a module that only this process can import: install it, or name its folder in pytest's "
    "'pythonpath' or in PYTHONPATH",
    "a path, an environment variable or a registration that only this process has",
)
def _fresh_process(subject: Subject, saved: Saved) -> str | None:
    """The same holds in a new interpreter that has only the store."""
    _require_held(saved)
    fresh = _require_loaded(subject.fresh(saved))
    if fresh.files:
        raise Failed(
            "a new interpreter loads it with files that only this machine has", fresh.files
        )
    found, explained = split(saved.flavor, differences(*subject.fresh_value(saved)))
    sides = "left: what this process loads; right: what a new interpreter loads"
    require_equal("a new interpreter loads something else", found, sides=sides)
    if subject.trained.inputs is None:
        return "loaded; without inputs no prediction was compared"
    if subject.pickled_inputs is None:
        return "loaded; the inputs cannot be pickled, so that no prediction was compared"
    if fresh.outputs:
        _require_same(
            subject,
            "a new interpreter predicts something else",
            subject.expected[0],
            fresh.outputs,
            sides="left: the model that was trained; right: what a new interpreter predicts",
        )
    return _told(saved.flavor, explained)


@_check(
    "an option or an environment variable that sends models elsewhere",
    "a class that MLflow has no flavor for, or cannot write: the reason says which",
)
def _backend(subject: Subject, saved: Saved) -> str | None:
    """The backend used is the one that the selection rules name, and the reason says why."""
    known = saved.artifact.get_metadata()["lineapy"]
    used, reason = known["storage_backend"], str(known["reason"] or "")
    flavor = flavors.find(subject.trained.model)
    fits = flavor is not None and flavor.obstacle(subject.trained.model) is None
    expected = "mlflow" if saved.backend == "mlflow" and fits else "lineapy"
    if used != expected or not reason:
        raise Failed(
            f"it is in {used}, and the selection rules say {expected}",
            [f"reason on record: {reason or 'none'}"],
        )
    with failing(f"{used} does not hold what it should"), saved.place.entered():
        saved.artifact.verify()
    return reason


@_check(
    "a flavor's own format that leaves something out",
    "what lineapy_store does when it loads, and plain MLflow does not",
    backends=("mlflow",),
)
def _mlflow_native(subject: Subject, saved: Saved) -> None:
    """Plain MLflow loads it by registered name and version and predicts the same."""
    _require_held(saved)
    expected, _ = subject.expected
    with saved.place.entered():
        flavor = importlib.import_module(f"mlflow.{saved.flavor}")
        with failing("plain MLflow cannot load it"):
            model = flavor.load_model(saved.model_uri)
        _require_same(
            subject,
            "what plain MLflow loads predicts something else",
            expected,
            subject.predict(model),
            sides="left: the model that was trained; right: what MLflow loaded",
        )


@_check(
    "a signature that does not fit the inputs: names, order or types of columns",
    "an output that pyfunc turns into another type",
    backends=("mlflow",),
)
def _pyfunc(subject: Subject, saved: Saved) -> str | None:
    """mlflow.pyfunc predicts the same, and the logged signature accepts the inputs."""
    _require_held(saved)
    expected = subject.expected[0].get("predict")
    if expected is None or isinstance(expected, Raised):
        raise Skipped("the model has no method predict, which is all that pyfunc calls")
    inputs = subject.trained.inputs
    if type(inputs).__module__.partition(".")[0] == "xgboost":
        raise Skipped(f"pyfunc takes arrays and tables, and the inputs are {type(inputs)!r}")
    import mlflow.pyfunc  # noqa: PLC0415 - where MLflow holds a model, it is installed

    with (
        failing("mlflow.pyfunc cannot predict from the inputs"),
        saved.place.entered(),
        repeatable(subject.trained.model),
    ):
        model = mlflow.pyfunc.load_model(saved.model_uri)
        output = model.predict(copied(inputs))
    found = differences(
        _plain(expected), _plain(output), rtol=subject.case.rtol, atol=subject.case.atol
    )
    require_equal(
        "mlflow.pyfunc predicts something else",
        found,
        sides="left: the trained model's predict(); right: pyfunc's",
    )
    return None if model.metadata.signature else "no signature was logged, so any input is taken"


@_check(
    "a package that is imported only when the model is loaded or used",
    "a module of your own: log it with code_paths=, or install it as a package",
    backends=("mlflow",),
)
def _requirements(subject: Subject, saved: Saved) -> None:
    """The recorded requirements cover every module that loading and predicting imports."""
    _require_held(saved)
    fresh = subject.fresh(saved)
    if fresh.error is not None:
        raise Skipped("a new interpreter cannot load it, as the check 'fresh_process' says")
    if saved.without is not None:
        lines = [f"{name}: {told}" for name, told in left_out(fresh.modules, saved.requirements)]
        raise Failed("its requirements leave out what it needs", [*saved.without, *lines])


@_check(
    "a __reduce__ that returns an object of the process instead of a copy",
    "state that is kept in the class or in a module",
)
def _isolated(subject: Subject, saved: Saved) -> None:
    """Changing what was saved, or what get_value returned, changes nothing that is stored."""
    _require_held(saved)
    changed = change(subject.load(saved))
    if not changed:
        raise Skipped("nothing in it can be changed in place")
    if found := changes_in(subject.load(saved), changed):
        raise Failed("what was changed in a loaded model is in the next one that is loaded", found)
    copy = subject.load(saved)
    artifact = _save(saved, f"{ARTIFACT}-changed", copy)
    changed = change(copy)
    with saved.place.entered():
        found = changes_in(artifact.get_value(), changed)
    if found:
        raise Failed("what was changed in the model after save is in what is loaded", found)


@_check(
    "a pickle that depends on an order, a clock, a counter or the process",
    "a cache that predictions fill, and that is saved with the model",
    backends=("lineapy",),
)
def _repeatable(subject: Subject, saved: Saved) -> str | None:
    """Saving the unchanged object again stores no new content."""
    value = subject.load(saved)
    first, again = _digest(saved, value), _digest(saved, value)
    if first != again:
        lines = [f"at first: content {first[:16]}", f"again: content {again[:16]}"]
        raise Failed("the same model is stored as different content", lines)
    if not subject.predicts:
        return None
    subject.predict(value)
    if _digest(saved, value) == first:
        return None
    require_equal(
        "predicting changes the model that is stored",
        differences(subject.load(saved), value),
        sides="left: before it has predicted; right: afterwards",
    )
    return "predicting changes what is stored in what does not count, such as a library's counters"


@_check("state that is shared by all objects of the class")
def _versions(subject: Subject, saved: Saved) -> None:
    """An earlier version still loads as it was after later ones are saved."""
    _require_held(saved)
    before = subject.load(saved)
    name = f"{ARTIFACT}-versions"
    earlier = _save(saved, name, before)
    with saved.place.entered():
        before = earlier.get_value()
    later = subject.load(saved)
    change(later)
    try:
        _save(saved, name, later)
    except Failed:  # what has been changed so is no model any more
        _save(saved, name, subject.load(saved))
    with saved.place.entered():
        loaded = saved.store.get(name, version=earlier.version).get_value()
    require_equal(
        "an earlier version is not what it was",
        differences(before, loaded),
        sides="left: before a later version was saved; right: afterwards",
    )
    if subject.predicts:
        _require_same(
            subject,
            "an earlier version predicts something else after a later one was saved",
            subject.predict(before),
            subject.predict(loaded),
            sides="left: before a later version was saved; right: afterwards",
        )


@_check(
    "training that depends on what ran before it: a global, a file, an environment variable",
    "an order that is another one in each process, such as that of a set of texts",
    backends=("lineapy",),
)
def _code(subject: Subject, saved: Saved) -> str | None:
    """Running get_code() in a new interpreter makes an equal object.

    For a model that a function trains, that code is the import of the function, and its call.
    """
    code = subject.code(saved)
    tolerance = {"rtol": subject.case.rtol, "atol": subject.case.atol}
    made = subject.made_by(code, saved)
    found, of_runs = split_runs(Made(subject.load(saved)).differences(made, **tolerance))
    if not found:
        told = ", ".join(sorted({_attribute(each) for each in of_runs}))
        return f"not compared, as it is of the run that trained the model: {told}" if told else None
    if all(map(_is_of_local_classes, found)):
        raise Skipped(
            "its class is defined inside a function, so that it is another class whenever that "
            "runs: define it at the top level of a module"
        )
    again, _ = split_runs(made.differences(subject.made_by(code, saved), **tolerance))
    if again:
        raise Failed(
            "its code does not make the same model twice",
            [str(each) for each in again],
            sides="left: what its code makes in a new interpreter; right: in another one",
            causes=["the clock, or a random generator without a seed"],
            code=code.text,
        )
    raise Failed(
        "its code makes another model",
        [str(each) for each in found],
        sides="left: the model that was saved; right: what its code makes in a new interpreter",
        code=code.text,
    )


def _require_held(saved: Saved) -> None:
    """Skip what was asked of MLflow and is in lineapy, where it is checked.

    Raises:
        Skipped: It is.
    """
    known = saved.artifact.get_metadata()["lineapy"]
    if saved.backend == "mlflow" and known["storage_backend"] != "mlflow":
        raise Skipped(f"lineapy holds it, where it is checked: {known['reason']}")


def _told(flavor: str | None, explained: Sequence[Difference]) -> str | None:
    if not explained:
        return None
    paths = sorted({_attribute(each) for each in explained})
    return f"not kept by MLflow's format of {flavor}: {', '.join(paths)}"


def _is_of_local_classes(difference: Difference) -> bool:
    return difference.kind == "type" and "<locals>" in type(difference.left).__qualname__


def _attribute(difference: Difference) -> str:
    return re.split(r"(?<=\w)[.\[]", difference.path)[0]


def _require_same(  # noqa: PLR0913 - what is compared, and how it is told
    subject: Subject,
    what: str,
    left: dict[str, Any],
    right: dict[str, Any],
    *,
    sides: str = "left: the model that was trained; right: the one that was loaded",
    causes: Sequence[str] = (),
) -> None:
    """Fail with the differences between what two models predict."""
    case = subject.case
    lines = []
    for method in sorted(left.keys() | right.keys(), key=[*left, *right].index):
        if method not in right or method not in left:
            side = "loaded" if method in left else "trained"
            lines.append(f".{method}(): the {side} model does not have it")
            continue
        one, other = left[method], right[method]
        if isinstance(one, Raised) and isinstance(other, Raised):
            continue  # neither can; it is the same
        found = differences(one, other, rtol=case.rtol, atol=case.atol)
        lines += (f".{method}(){each}" for each in found)
    if lines:
        raise Failed(what, lines, sides=sides, causes=causes)


def _require_loaded(fresh: Answer) -> Answer:
    if fresh.error is not None:
        raise Failed("a new interpreter cannot load it", fresh.error)
    return fresh


def _save(saved: Saved, name: str, value: Any) -> Any:
    with failing("what was loaded cannot be saved again"), saved.place.entered():
        return saved.store.save(value, name)


def _digest(saved: Saved, value: Any) -> str:
    """Save a value, and return the digest of its content."""
    return str(_save(saved, f"{ARTIFACT}-again", value).get_metadata()["lineapy"]["digest"])


def _plain(output: Any) -> Any:
    """Return a table or series as an array where only its values count: pyfunc adds labels."""
    return output.to_numpy() if hasattr(output, "to_numpy") else output
