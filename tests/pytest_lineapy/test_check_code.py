"""The check ``code``: which code is run, where, and what is said of what cannot be."""

from __future__ import annotations

import functools
import sys
import types
from typing import TYPE_CHECKING, Any

import pytest

from lineapy_store import Store
from pytest_lineapy import CheckResult, check_roundtrip
from pytest_lineapy.checks import run_check

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_lineapy.checks import Subject
    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.zoo import sound_plain
else:
    from zoo import sound_plain


SCALE = 2.0


class Model:
    """Multiplies."""

    def __init__(self, factor: float) -> None:
        self.factor = factor


def code(results: list[CheckResult]) -> tuple[str, str]:
    """Return what the check has come to."""
    (found,) = (each for each in results if each.check == "code")
    return found.status, found.detail


def test_failure_reads_like_an_answer(from_zoo: Callable[..., Subject]) -> None:
    """It tells the path, both values, the code that was run and the usual causes."""
    subject = from_zoo("broken_training:goes_on_from_a_file", backends=["lineapy"])

    assert run_check(subject, "lineapy", "code").detail == (
        "goes_on_from_a_file: its code makes another model (check 'code', backend 'lineapy')\n"
        "\n"
        "  .weights[0]: 1.0 != 2.0\n"
        "\n"
        "  (left: the model that was saved; right: what its code makes in a new interpreter)\n"
        "\n"
        "  The code:\n"
        "\n"
        "    from zoo.broken_training import goes_on_from_a_file\n"
        "    model, inputs = goes_on_from_a_file()\n"
        "\n"
        "  What usually causes this:\n"
        "  - training that depends on what ran before it: a global, a file, an environment "
        "variable\n"
        "  - an order that is another one in each process, such as that of a set of texts"
    )


def test_tolerance(from_zoo: Callable[..., Subject]) -> None:
    """What is trained again may be off by as much as predictions may."""
    subject = from_zoo("broken_training:trains_on_the_clock", backends=["lineapy"], rtol=1e-3)

    assert run_check(subject, "lineapy", "code").status == "passed"


@pytest.mark.usefixtures("without_mlflow")
def test_model_that_is_given() -> None:
    """Of a model that a test makes, its statements are run, earlier checks left out."""
    factor = SCALE * 3
    model = Model(factor)
    factor = 0.0

    results = check_roundtrip(model)
    assert code(results) == ("passed", "")
    results = check_roundtrip(Model(SCALE))  # which may depend on what the first one has done
    assert code(results) == ("passed", "")


@pytest.fixture
def other_scale(monkeypatch: pytest.MonkeyPatch) -> None:
    """Something has changed a global."""
    monkeypatch.setitem(globals(), "SCALE", 5.0)


@pytest.mark.usefixtures("without_mlflow", "other_scale")
def test_model_that_is_given_and_changes() -> None:
    """What its statements make is compared, too."""
    results = check_roundtrip(Model(SCALE))
    status, detail = code(results)

    assert status == "failed"
    assert ".factor: 5.0 != 2.0" in detail
    assert "    model = Model(SCALE)\n" in detail


@pytest.mark.usefixtures("without_mlflow")
@pytest.mark.parametrize("model", [Model(1.0)])
def test_model_of_a_fixture(model: Model) -> None:
    """Where the code of a given model is not to be had, that is said."""
    status, detail = code(check_roundtrip(model))

    assert status == "skipped"
    assert "'model' was made by what called it" in detail


@pytest.mark.usefixtures("without_mlflow")
def test_arguments_of_a_function() -> None:
    """They are written into the code, if they can be."""
    plain = functools.partial(functools.partial(sound_plain.scaled, 0.5), unit="EUR")
    assert code(check_roundtrip(plain)) == ("passed", "")

    other = functools.partial(sound_plain.scaled, 0.5, unit=Model(1.0))  # type: ignore[arg-type] # on purpose
    status, detail = code(check_roundtrip(other))
    assert status == "skipped"
    assert "scaled() is called with a Model, which cannot be written as code" in detail


def _of(module: str) -> Any:
    def train() -> Model:
        return Model(1.0)

    train.__module__, train.__qualname__ = module, "train"
    return train


@pytest.mark.usefixtures("without_mlflow")
@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda: Model(1.0), "at the top level of a module"),
        (_of("__main__"), "train() is in __main__, which nobody else can import"),
        (_of("churn_in_memory"), "churn_in_memory, which a new interpreter cannot import"),
    ],
    ids=["lambda", "main", "memory"],
)
def test_function_that_cannot_be_imported(
    function: Any, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said why, and what would help."""
    module: Any = types.ModuleType("churn_in_memory")
    module.train = function
    monkeypatch.setitem(sys.modules, "churn_in_memory", module)
    status, detail = code(check_roundtrip(function))

    assert status == "skipped"
    assert told in detail


CHURN = """
import os
import time
from pathlib import Path
import lineapy_store as lineapy

def _trained(scale):
    with Path("trained").open("a") as file:
        file.write("once\\n")
    Path(__file__).with_name("beside").open("a").write("once\\n")
    return {"scale": scale}

def train_churn():
    return _trained(time.time())

def train_sound():
    lineapy.save(1, "seen")
    return _trained(float(Path("data.txt").read_text()) * float(os.environ["CHURN_SCALE"]))

def train_from_store():
    return {"seen": lineapy.get("first").get_value()}

model = {"scale": 1.0}
"""
TESTS = """
from churn import model, train_churn, train_from_store, train_sound
from pytest_lineapy import ModelCase, parametrize_with_roundtrips

@parametrize_with_roundtrips(
    [ModelCase(each, name=name) for name, each in {
        "churn": train_churn, "sound": train_sound, "stored": train_from_store, "given": model,
    }.items()],
    expected_failures={"churn": {"code": "trains on the clock"}},
)
def test_roundtrip(check):
    check()
"""


def test_where_it_is_run(inner: InnerPytest) -> None:
    """It finds files and what conftest.py sets; nothing of the user's is changed.

    What is expected to fail does, strictly; of what cannot be run, the reason is told.
    """
    (inner.path / "churn.py").write_text(CHURN)
    (inner.path / "conftest.py").write_text("import os\nos.environ['CHURN_SCALE'] = '2'\n")
    (inner.path / "data.txt").write_text("0.5")
    inner.ini(pythonpath=".")
    inner.write(TESTS)
    home = inner.path.parent / f"{inner.path.name}-home"
    with Store(home_dir=home) as store:
        store.save(1, "first")
        result = inner.run("-k", "code", "-rsx", env={"LINEAPY_HOME_DIR": str(home)})

        result.assert_outcomes(passed=1, xfailed=1, skipped=2)
        result.stdout.fnmatch_lines(["*trains on the clock*"])
        result.stdout.fnmatch_lines(["*its code reads a store, which a new interpreter is not *"])
        result.stdout.fnmatch_lines(["*give the function that trains it instead*"])
        assert sorted(each.name for each in store.artifact_store()) == ["first", "seen"]
    for file in ("trained", "beside"):
        assert (inner.path / file).read_text() == "once\n" * 2
