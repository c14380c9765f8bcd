"""``check_roundtrip`` and ``ModelCase``: what goes in, which results come out, what they say."""

from __future__ import annotations

import functools
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy import CheckResult, ModelCase, check_roundtrip
from pytest_lineapy.checks import BACKENDS, CHECKS, names_of, run_check

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from pytest_lineapy.checks import Subject


class Model:
    """Predicts twice the input; what was loaded may be a little off."""

    off = 0.0

    def __init__(self) -> None:
        self.factor = 2.0

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how it is made again."""
        return _loaded, (), {"factor": self.factor + self.off}

    def predict(self, rows: list[float]) -> list[float]:
        """Return a number for each."""
        return [self.factor * row for row in rows]


def _loaded() -> Model:
    return Model()


class Off(Model):
    """Loses its last digits."""

    off = 2**-30


class Many:
    """Loses all of its numbers at the first load."""

    def __init__(self) -> None:
        self.numbers = list(range(1, 26))

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Forget."""
        self.numbers = [0] * len(state["numbers"])


def _needs(size: int, *, seed: int, depth: int = 1) -> int:
    return size + seed + depth


def _failing() -> Any:
    raise LookupError("no such table: customers")


def of(results: list[CheckResult], backend: str, check: str) -> CheckResult:
    """Return the one result."""
    (found,) = (each for each in results if (each.backend, each.check) == (backend, check))
    return found


@pytest.mark.usefixtures("without_mlflow")
def test_every_check_has_a_result() -> None:
    """Each check of each backend has one, in order; nothing is raised for those that fail."""
    results = check_roundtrip(Off(), inputs=[1.0], name="churn")

    assert [(each.backend, each.check) for each in results] == [
        (backend, name) for backend in BACKENDS for name in names_of(backend)
    ]
    assert {each.model for each in results} == {"churn"}
    assert {each.status for each in results} == {"passed", "failed", "skipped"}
    assert all(each.seconds >= 0 for each in results)
    assert all(each.detail for each in results if each.status != "passed")


@pytest.mark.usefixtures("without_mlflow")
def test_mlflow_is_not_installed() -> None:
    """Every check of that backend is skipped, and says what to install."""
    results = [each for each in check_roundtrip(Model()) if each.backend == "mlflow"]

    assert [each.check for each in results] == names_of("mlflow")
    assert {(each.status, each.detail) for each in results} == {
        ("skipped", "MLflow is not installed: pip install 'pytest-lineapy[mlflow]'")
    }


def test_mlflow_is_imported_without_telemetry(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """MLflow decides about it when it is imported, which outside of pytest the checks do."""
    (tmp_path / "mlflow").mkdir()
    (tmp_path / "mlflow" / "__init__.py").write_text(
        "import os; print(os.environ.get('MLFLOW_DISABLE_TELEMETRY'))"
    )
    (tmp_path / "mlflow" / "pyfunc.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.delenv("MLFLOW_DISABLE_TELEMETRY", raising=False)
    program = "from pytest_lineapy.checks import _places; _places.require_mlflow()"
    done = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True
    )
    assert done.stdout == "true\n"


def test_failure_reads_like_an_answer(from_zoo: Callable[..., Subject]) -> None:
    """It tells check, model, backend, path, both values and the usual causes, and no more."""
    subject = from_zoo("broken_plain:state_restored_differently", backends=["lineapy"])

    assert run_check(subject, "lineapy", "value").detail == (
        "state_restored_differently: what was loaded is not what was saved "
        "(check 'value', backend 'lineapy')\n"
        "\n"
        "  .weights[0]: 0.25 != 0.2\n"
        "\n"
        "  (left: the model that was trained; right: what get_value() returned)\n"
        "\n"
        "  What usually causes this:\n"
        "  - a __getstate__ or __reduce__ that drops or changes something, or works on vars(self) "
        "itself\n"
        "  - state in class attributes, globals or closures, which is not part of the object"
    )


@pytest.mark.usefixtures("without_mlflow")
def test_many_differences() -> None:
    """Ten of them are told, and how many more there are."""
    result = of(check_roundtrip(Many()), "lineapy", "value")

    assert len(re.findall(r"^  \.numbers\[", result.detail, re.MULTILINE)) == 10
    assert "  ... and 15 more\n" in result.detail


@pytest.mark.parametrize("check", names_of("lineapy"))
def test_function_that_raises(from_zoo: Callable[..., Subject], check: str) -> None:
    """Every check fails with what it raised, and where in the user's code; no frame is ours."""
    result = run_check(from_zoo("broken_plain:training_raises"), "lineapy", check)

    assert result.status == "failed"
    assert "the function that trains it raises" in result.detail
    assert "LookupError: no such table: customers" in result.detail
    assert re.search(r"raised in \S+broken_plain\.py:\d+, training_raises\(\)", result.detail)
    assert "pytest_lineapy" not in result.detail


@pytest.mark.usefixtures("without_mlflow")
def test_tolerance_is_of_predictions() -> None:
    """With a tolerance predictions may be off by it; without, not by the last digit."""
    strict = check_roundtrip(Off(), inputs=[1.0])
    assert of(strict, "lineapy", "predictions").status == "failed"

    for rtol, atol in ((1e-8, 0.0), (0.0, 1e-8)):
        tolerant = check_roundtrip(Off(), inputs=[1.0], rtol=rtol, atol=atol)
        assert of(tolerant, "lineapy", "predictions").status == "passed"
        assert of(tolerant, "lineapy", "value").status == "failed"
    tight = check_roundtrip(Off(), inputs=[1.0], rtol=1e-12)
    assert of(tight, "lineapy", "predictions").status == "failed"


@pytest.mark.usefixtures("without_mlflow")
def test_without_inputs() -> None:
    """What needs inputs is skipped, and says the three ways to give some."""
    results = check_roundtrip({"weights": [0.5]})

    skipped = of(results, "lineapy", "predictions")
    assert skipped.status == "skipped"
    for way in ("inputs=", "<name>_inputs", "return (model, inputs)"):
        assert way in skipped.detail
    fresh = of(results, "lineapy", "fresh_process")
    assert (fresh.status, fresh.detail) == (
        "passed",
        "loaded; without inputs no prediction was compared",
    )


@pytest.mark.usefixtures("without_mlflow")
def test_inputs_that_the_model_refuses() -> None:
    """A model that cannot predict from its inputs at all is told so."""
    result = of(check_roundtrip(Model(), inputs=3), "lineapy", "predictions")

    assert "the model itself cannot predict from the inputs" in result.detail
    assert "TypeError" in result.detail


def test_inputs_by_case_and_by_function() -> None:
    """Those of the case win over those that training returns."""
    model = Model()

    def train() -> tuple[Model, list[float]]:
        return model, [1.0]

    assert ModelCase(train).train().inputs == [1.0]
    assert ModelCase(train, inputs=[2.0]).train().inputs == [2.0]
    assert ModelCase(train).train().model is model
    assert ModelCase(model, inputs=[3.0]).train().inputs == [3.0]


def test_names_of_cases() -> None:
    """A case is called after its function, also a partial one, or its model's class."""
    assert ModelCase(_failing).name == "_failing"
    assert ModelCase(functools.partial(functools.partial(_failing))).name == "_failing"
    assert ModelCase(Model()).name == "Model"
    assert ModelCase(Model(), name="churn").name == "churn"


@pytest.mark.parametrize(
    ("arguments", "error", "told"),
    [
        ({"model": Model}, TypeError, "the class Model"),
        ({"model": _needs}, TypeError, "without size, seed"),
        ({"model": 1, "rtol": -1.0}, ValueError, "rtol is -1.0"),
        ({"model": 1, "atol": float("nan")}, ValueError, "atol is nan"),
        ({"model": 1, "atol": "1"}, ValueError, "atol is '1'"),
        ({"model": 1, "name": " "}, ValueError, "' '"),
    ],
)
def test_wrong_arguments(arguments: dict[str, Any], error: type[Exception], told: str) -> None:
    """What makes no sense is refused before anything is trained, with the value."""
    with pytest.raises(error, match=re.escape(told)):
        ModelCase(**arguments)


def test_every_check_has_a_purpose() -> None:
    """Each says in a line when it holds, and what usually makes it fail."""
    for check in CHECKS.values():
        assert check.purpose.endswith(".")
        assert check.causes
        assert set(check.backends) <= set(BACKENDS)
