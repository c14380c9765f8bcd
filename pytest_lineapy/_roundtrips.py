"""Round-trip checks as tests: one call in a test, or a test for each check.

pytest imports this at every start where the package is installed, so the checks themselves are
imported when they are used.
"""

from __future__ import annotations

import contextlib
import functools
import re
import uuid
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy._run import Plan, run_of, tracking_mode
from pytest_lineapy.settings import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pytest_lineapy.checks import CheckResult, ModelCase, Subject
    from pytest_lineapy.checks._case import Trained
    from pytest_lineapy.checks._places import Place

RESULTS = pytest.StashKey["list[CheckResult]"]()
"""What the checks of a test have come to since its last report."""


def parametrize_with_roundtrips(
    cases: Iterable[ModelCase],
    *,
    expected_failures: Mapping[str, Mapping[str, str]] | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a test of each round-trip check of each model, which the test function runs.

    The function takes an argument ``check`` and calls it::

        @parametrize_with_roundtrips([ModelCase(train_churn, inputs=X_test)])
        def test_roundtrip(check):
            check()

    Each has an id such as ``train_churn-mlflow-predictions``, which stays the same from run to run.
    A model is trained when its first check runs, once in each process.

    Args:
        cases: The models. Their names have to differ.
        expected_failures: For the name of a case, the checks that are known to fail, each with the
            reason. A check that passes against it fails the run. ``"mlflow-value"`` is the check
            ``value`` of the backend mlflow; ``"value"`` is that of every backend.

    Raises:
        TypeError: Something else than a ``ModelCase``.
        ValueError: There are no cases, two have one name, or a failure is expected of a case or
            check that does not exist.
    """
    from pytest_lineapy.checks import BACKENDS, names_of  # noqa: PLC0415 - see above

    cases = _checked(cases)
    expected = _Expected(expected_failures or {}, [case.name for case in cases])
    parameters = [
        pytest.param(
            BoundCheck(case, backend, name),
            id=f"{case.name}-{backend}-{name}",
            marks=expected.marks(case.name, backend, name),
        )
        for case in cases
        for backend in BACKENDS
        for name in names_of(backend)
    ]

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        marked = pytest.mark.usefixtures("_lineapy_bound_check")(function)
        decorated: Callable[..., Any] = pytest.mark.parametrize("check", parameters)(marked)
        return decorated

    return decorate


def _checked(cases: Iterable[ModelCase]) -> list[ModelCase]:
    from pytest_lineapy.checks import ModelCase  # noqa: PLC0415 - see above

    found = list(cases)
    if not found:
        raise ValueError("there are no model cases: give at least one ModelCase(...)")
    for case in found:
        if not isinstance(case, ModelCase):
            raise TypeError(f"{case!r} is no model case: write ModelCase(model, inputs=...)")
    names = [case.name for case in found]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{names.count(name)} model cases are called {name!r}: give name=...")
    return found


class _Expected:
    """The failures that are expected.

    Args:
        failures: As the user gives them.
        cases: Names of all cases.

    Raises:
        ValueError: A case or check that does not exist.
    """

    def __init__(self, failures: Mapping[str, Mapping[str, str]], cases: list[str]) -> None:
        from pytest_lineapy.checks import BACKENDS, CHECKS, names_of  # noqa: PLC0415 - see above

        self._failures = failures
        valid = {*CHECKS, *(f"{each}-{name}" for each in BACKENDS for name in names_of(each))}
        for case, reasons in failures.items():
            if case not in cases:
                raise ValueError(
                    f"expected_failures names the model case {case!r}, which is not among "
                    f"{', '.join(cases)}{nearest(case, cases)}"
                )
            for check, reason in reasons.items():
                if check not in valid:
                    raise ValueError(
                        f"expected_failures of {case!r} names the check {check!r}, which does not "
                        f"exist{nearest(check, valid)}. Checks: {', '.join(CHECKS)}"
                    )
                if not isinstance(reason, str) or not reason.strip():
                    raise ValueError(
                        f"expected_failures of {case!r} gives no reason for {check!r}: say why it "
                        "is expected to fail"
                    )

    def marks(self, case: str, backend: str, check: str) -> list[pytest.MarkDecorator]:
        """Return the marks of a test."""
        reasons = self._failures.get(case, {})
        reason = reasons.get(f"{backend}-{check}", reasons.get(check))
        if reason is None:
            return []
        from pytest_lineapy.checks import RoundtripError  # noqa: PLC0415 - see above

        return [pytest.mark.xfail(reason=reason, raises=RoundtripError, strict=True)]


class BoundCheck:
    """One check of one model, to be called in a test.

    Args:
        case: The model.
        backend: Where it is saved.
        name: The check's.
    """

    def __init__(self, case: ModelCase, backend: str, name: str) -> None:
        self.case = case
        self.backend = backend
        self.name = name
        self._subject: Callable[[], Subject] | None = None
        self._item: pytest.Item | None = None

    def __repr__(self) -> str:
        return f"<check {self.name!r} of {self.case.name} in {self.backend}>"

    def bind(self, item: pytest.Item, subject: Callable[[], Subject]) -> None:
        """Say which test runs it, and how its model is had."""
        self._item = item
        self._subject = subject

    def __call__(self) -> None:
        """Run the check.

        Raises:
            RoundtripError: It does not hold; the message says what is wrong.
            Skipped: It has nothing to look at.
        """
        __tracebackhide__ = True
        from pytest_lineapy.checks import RoundtripError, run_check  # noqa: PLC0415 - see above

        if self._subject is None or self._item is None:
            raise RuntimeError(
                f"{self!r} can be called only in the test that @parametrize_with_roundtrips made"
            )
        result = run_check(self._subject(), self.backend, self.name)
        note(self._item, result)
        if result.status == "failed":
            raise RoundtripError(result.detail)
        if result.status == "skipped":
            raise pytest.skip.Exception(result.detail, _use_item_location=True)


def note(item: pytest.Item, result: CheckResult) -> None:
    """Keep a result for the test's report, from where it reaches the summary."""
    item.stash.setdefault(RESULTS, []).append(result)


def check_of(item: pytest.Item) -> BoundCheck | None:
    """Return the check that a test is there for, whether or not it runs."""
    callspec = getattr(item, "callspec", None)
    found = getattr(item, "check", None) if callspec is None else callspec.params.get("check")
    return found if isinstance(found, BoundCheck) else None


class Subjects:
    """The models under check, each trained and saved once in this process.

    Args:
        request: Of the session.
        new_folder: Makes an empty folder.
    """

    def __init__(self, request: pytest.FixtureRequest, new_folder: Callable[[], Any]) -> None:
        self._run = run_of(request.config)
        self._config = request.config
        self._new_folder = new_folder
        self._subjects: dict[tuple[int, str], Subject] = {}

    def close(self) -> None:
        """Remove what the checks have saved."""
        with contextlib.ExitStack() as stack:
            for subject in self._subjects.values():
                stack.callback(subject.close)

    def of(
        self, case: ModelCase, request: pytest.FixtureRequest, trained: Trained | None = None
    ) -> Subject:
        """Return a case's model where the test tracks, the same one for all of its checks."""
        mode = tracking_mode(request.node)
        key = (id(case), mode)
        if key not in self._subjects:
            self._subjects[key] = self.new(case, request, trained=trained)
        return self._subjects[key]

    def new(self, case: ModelCase, request: pytest.FixtureRequest, **arguments: Any) -> Subject:
        """Return a case's model where the test tracks, for whoever asks, to be closed by them."""
        from pytest_lineapy.checks import Subject  # noqa: PLC0415 - see above

        mode = tracking_mode(request.node)
        server = request.getfixturevalue("mlflow_server") if mode == "server" else None
        place = functools.partial(self._place, mode=mode, server=server)
        return Subject(case, place, **arguments)

    @contextlib.contextmanager
    def _place(self, backend: str, *, mode: str, server: Any) -> Iterator[Place]:
        from pytest_lineapy import _stores  # noqa: PLC0415 - see above
        from pytest_lineapy.checks import _places  # noqa: PLC0415 - as above

        folder = self._new_folder()
        settings = self._run.settings
        with contextlib.ExitStack() as stack:
            store = stack.enter_context(
                _stores.place(
                    folder / "store",
                    database_url=settings.get("database_url"),
                    artifact_dir=settings.get("artifact_dir"),
                    storage_options=None,
                )
            )
            tracking = None
            if backend == "mlflow":
                _places.require_mlflow()
                if mode == "sqlite":
                    tracking = _places.database(folder)
                else:
                    url = mode if server is None else server.url
                    tracking = stack.enter_context(self._workspace(url, server))
            yield _places.Place(
                store.options(), tracking, self._python_path(), self._run.environment
            )

    @contextlib.contextmanager
    def _workspace(self, url: str, server: Any) -> Iterator[Any]:
        from pytest_lineapy import _tracking  # noqa: PLC0415 - see above
        from pytest_lineapy.checks import _places  # noqa: PLC0415 - as above

        name = f"pytest-roundtrip-{uuid.uuid4().hex[:16]}"
        stays = server is None or url in self._run.lasting
        with _tracking.bare_workspace(url, server, name, remove=stays) as experiment_id:
            yield _places.Tracking(url, experiment_id, name, server)

    def _python_path(self) -> tuple[str, ...]:
        """Return what the ini-file says that tests import from, which a new interpreter may too."""
        try:
            folders = self._config.getini("pythonpath")
        except (KeyError, ValueError):  # the plugin of that option is not there
            return ()
        return tuple(str(folder) for folder in folders)


@pytest.fixture(scope="session")
def _lineapy_subjects(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Subjects]:
    """The models under check."""
    subjects = Subjects(request, lambda: tmp_path_factory.mktemp("roundtrip"))
    with contextlib.closing(subjects):
        yield subjects


@pytest.fixture
@Plan(server="mlflow_server").on
def _lineapy_bound_check(request: pytest.FixtureRequest, _lineapy_subjects: Subjects) -> None:
    """Has the check of this test know its model."""
    check: BoundCheck = request.node.callspec.params["check"]
    check.bind(request.node, lambda: _lineapy_subjects.of(check.case, request))


@pytest.fixture
@Plan(server="mlflow_server").on
def lineapy_roundtrip(
    request: pytest.FixtureRequest, _lineapy_subjects: Subjects
) -> Callable[..., list[CheckResult]]:
    """A function that runs every check that applies to a model, and raises one failure.

    ``lineapy_roundtrip(model, inputs=X)``; the arguments are those of ``ModelCase``.
    """

    def roundtrip(model: Any, **arguments: Any) -> list[CheckResult]:
        """Run the checks, and return what they came to."""
        __tracebackhide__ = True
        from pytest_lineapy.checks import ModelCase, RoundtripError, run_all  # noqa: PLC0415 - above

        case = ModelCase(model, **arguments)
        subject = _lineapy_subjects.new(case, request, called_with_model=True)
        with contextlib.closing(subject):
            results = run_all(subject)
        for result in results:
            note(request.node, result)
        failed = [result for result in results if result.status == "failed"]
        if failed:
            names = ", ".join(f"{each.backend} {each.check}" for each in failed)
            raise RoundtripError(
                f"{case.name}: {len(failed)} of {len(results)} checks fail: {names}\n\n"
                + "\n\n".join(dict.fromkeys(each.detail for each in failed))
            )
        if all(result.status == "skipped" for result in results):
            raise RoundtripError(f"{case.name}: {nothing_ran(results)}")
        return results

    return roundtrip


def nothing_ran(results: Iterable[CheckResult]) -> str:
    """Return that no check of a model has run, and why."""
    reasons = dict.fromkeys(re.sub(r"\s+", " ", each.detail) for each in results)
    return f"no check has run, so nothing is known of it: {'; '.join(reasons)}"
