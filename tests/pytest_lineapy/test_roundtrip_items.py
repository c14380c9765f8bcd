"""Round-trip checks as tests: the decorator, the fixture, and models without a test file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy.checks import BACKENDS, names_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.inner_pytest import InnerPytest


#: Model code of a user's; one of the models forgets what it has learned.
CHURN = """
import json
from pathlib import Path

class Sound:
    def __init__(self, factor=2.0):
        self.factor = factor
    def predict(self, rows):
        return [self.factor * row for row in rows]

class Forgets(Sound):
    def __getstate__(self):
        return {"factor": 0.0}

def _note(name):
    with Path("trained").open("a") as file:
        file.write(name + "\\n")

def train_sound():
    _note("sound")
    return Sound(), [1.0]

def train_forgets():
    _note("forgets")
    return Forgets(), [1.0]

model = Sound(3.0)
"""
TESTS = """
import pytest
from pytest_lineapy import ModelCase, parametrize_with_roundtrips
from churn import train_sound, train_forgets

REASON = "nobody has asked for it back"

@parametrize_with_roundtrips(
    [ModelCase(train_sound, name="sound"), ModelCase(train_forgets, name="forgets")],
    expected_failures={"forgets": {"value": REASON, "lineapy-predictions": REASON}},
)
def test_model(check):
    check()
"""
ALL = sum(len(names_of(backend)) for backend in BACKENDS)
FAST = "value or predictions"


@pytest.fixture
def project(inner: InnerPytest) -> InnerPytest:
    """A folder with model code that tests can import."""
    (inner.path / "churn.py").write_text(CHURN)
    inner.ini(pythonpath=".")
    return inner


def trained(project: InnerPytest) -> list[str]:
    """Return which models have been trained, in order."""
    file = project.path / "trained"
    return file.read_text().split() if file.exists() else []


def test_decorator_makes_a_test_of_each_check(project: InnerPytest) -> None:
    """Each has an id of case, backend and check, the same in each run; nothing is trained."""
    project.write(TESTS)
    listed = project.run("--collect-only", "-q").outlines

    assert [line for line in listed if line.startswith("test_inner.py::")] == [
        f"test_inner.py::test_model[{model}-{backend}-{check}]"
        for model in ("sound", "forgets")
        for backend in BACKENDS
        for check in names_of(backend)
    ]
    assert trained(project) == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("-p", "no:cacheprovider", "--import-mode=importlib"),
        ("-p", "randomly", "-n", "2", "--dist", "loadfile"),
    ],
    ids=["alone", "workers"],
)
def test_expected_failures(project: InnerPytest, arguments: tuple[str, ...]) -> None:
    """A check that is known to fail does not fail the run; each model is trained once."""
    project.write(TESTS)
    result = project.run("-k", f"lineapy and ({FAST})", "-rxX", *arguments)

    result.assert_outcomes(passed=2, xfailed=2)
    assert result.stdout.str().count("nobody has asked for it back") >= 2
    assert sorted(trained(project)) == ["forgets", "sound"]


def test_expected_failure_that_passes(project: InnerPytest) -> None:
    """It fails the run, as does a failure that is not the check's own."""
    project.write(TESTS.replace('{"forgets":', '{"sound": {"value": "wrong"}, "forgets":'))
    result = project.run("-k", "sound-lineapy-value")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*XPASS(strict)*wrong*"])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"forgets": {', '"forgts": {', "the model case 'forgts'*did you mean 'forgets'"),
        ('"value": REASON', '"valeu": REASON', "the check 'valeu'*did you mean 'value'"),
        ('"value": REASON', '"value": ""', "gives no reason for 'value'"),
        ('name="forgets"', 'name="sound"', "2 model cases are called 'sound'"),
        ("[ModelCase(train_sound", "[train_sound, ModelCase(train_sound", "is no model case"),
    ],
)
def test_wrong_arguments_of_the_decorator(
    project: InnerPytest, old: str, new: str, told: str
) -> None:
    """They are errors of the test file, with the value and the nearest right one."""
    project.write(TESTS.replace(old, new))
    result = project.run("--collect-only")

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([f"E *{told}*"])


def test_failure_shows_none_of_our_frames(project: InnerPytest) -> None:
    """What is printed is the test's line and the answer."""
    project.write(TESTS.replace('"value": REASON, ', ""))
    result = project.run("-k", "forgets-lineapy-value")

    printed = result.stdout.str()
    result.assert_outcomes(failed=1)
    assert "forgets: what was loaded is not what was saved (check 'value'" in printed
    assert ".factor: 2.0 != 0.0" in printed
    assert not re.search(r"^\S*(pytest_lineapy|lineapy_store)\S*:\d+", printed, re.MULTILINE)


def test_fixture_runs_all_checks(project: InnerPytest) -> None:
    """One call checks a model; it returns results, or raises one failure with all that is wrong."""
    project.write(
        """
import pytest
from churn import Forgets, Sound

def test_sound(lineapy_roundtrip):
    results = lineapy_roundtrip(Sound(), inputs=[1.0])
    note([[each.backend, each.check, each.status] for each in results])

def test_forgets(lineapy_roundtrip):
    lineapy_roundtrip(Forgets(), inputs=[1.0], name="churn")
"""
    )
    result = project.run()

    result.assert_outcomes(passed=1, failed=1)
    (results,) = project.notes()
    assert [each[:2] for each in results] == [[b, name] for b in BACKENDS for name in names_of(b)]
    assert "failed" not in {each[2] for each in results}
    result.stdout.fnmatch_lines(
        ["E *churn: * of * checks fail: lineapy value, lineapy predictions*"]
    )
    assert ".predict()[0]: 2.0 != 0.0" in result.stdout.str()


@pytest.mark.parametrize("source", ["ini", "command line"])
def test_models_without_a_test_file(project: InnerPytest, source: str) -> None:
    """Functions and models are checked that an ini-file or the command line names."""
    entries = ["churn:train_sound", "churn:model"]
    if source == "ini":
        project.ini(pythonpath=".", lineapy_models="\n    ".join(["", *entries]))
    options = [f"--lineapy-models={entry}" for entry in entries] if source != "ini" else []
    result = project.run("-v", "-k", "value and lineapy", *options)

    result.assert_outcomes(passed=2)
    result.stdout.fnmatch_lines(
        [
            f"lineapy: checks churn:train_sound, churn:model ({source})",
            "*train_sound-lineapy-value PASSED*",
        ]
    )


def test_star_means_functions_that_train(project: InnerPytest) -> None:
    """All functions of the module's own that can be called, also by several workers."""
    result = project.run("--lineapy-models=churn:*", "-k", "lineapy-value", "-n", "2")

    result.assert_outcomes(passed=1, failed=1)
    assert "train_forgets: what was loaded is not" in result.stdout.str()


def test_collecting_trains_nothing(project: InnerPytest) -> None:
    """With --collect-only the checks are listed, and no function of the user's is called."""
    with (project.path / "churn.py").open("a") as file:
        file.write("\ndef train_sound_inputs():\n    _note('inputs')\n")
    result = project.run("--lineapy-models=churn:*", "--collect-only", "-q")

    assert result.ret == 0
    assert "train_sound-lineapy-value" in result.stdout.str()
    assert trained(project) == []


def test_single_files_leave_out_the_ini(project: InnerPytest) -> None:
    """A run of one file does not train the models of the ini-file, and says so."""
    project.ini(pythonpath=".", lineapy_models="churn:train_sound")
    project.write("def test_one():\n    pass\n")

    printed = project.passes("test_inner.py")
    assert "1 models of the ini-file are not checked" in printed
    assert trained(project) == []
    project.run(
        "test_inner.py", "--lineapy-models=churn:model", "-k", "lineapy-value"
    ).assert_outcomes(passed=1, deselected=ALL)


def test_inputs_beside_the_function(project: InnerPytest) -> None:
    """Inputs are taken from <name>_inputs, a function or a value."""
    with (project.path / "churn.py").open("a") as file:
        file.write("\ndef train_bare():\n    return Sound()\n")
        file.write("\ndef train_bare_inputs():\n    return [1.0]\n")
        file.write("\nmodel_inputs = [1.0]\n")
    result = project.run(
        "--lineapy-models=churn:train_bare",
        "--lineapy-models=churn:model",
        "-k",
        "lineapy-predictions",
    )
    result.assert_outcomes(passed=2, deselected=2 * (ALL - 1))


BAD = {
    "nowhere:train": "cannot be imported:*Install it, or name its folder",
    "churn:train_sond": "matches nothing: churn has no train_sond; did you mean 'train_sound'?",
    "churn": "is no entry: write package.module:function",
    "empty:*": "matches nothing: empty defines no function",
    "bad:needs": "cannot be checked: needs() cannot be called without size",
    "bad:Kind": "cannot be checked: the model is the class Kind",
    "bad:raises": "raises() raises",
    "bad:asked": "asked_inputs() raises",
    "broken_import:train": "cannot be imported:",
}


def test_entries_that_are_wrong(project: InnerPytest) -> None:
    """Each is a collection error that names the entry and what to do; the others are collected."""
    (project.path / "empty.py").write_text("from churn import train_sound\n")
    (project.path / "broken_import.py").write_text("1 / 0\n")
    (project.path / "bad.py").write_text(
        "class Kind:\n    pass\n"
        "def needs(size):\n    pass\n"
        "def raises():\n    raise LookupError('no such table: customers')\n"
        "def asked():\n    return Kind()\n"
        "def asked_inputs():\n    raise LookupError('no such table: visits')\n"
    )
    result = project.run(*(f"--lineapy-models={entry}" for entry in BAD))

    result.assert_outcomes(errors=len(BAD))
    printed = result.stdout.str()
    for entry, told in BAD.items():
        result.stdout.fnmatch_lines(
            [f"*lineapy_models: {entry.replace('[', '[[]')!r} {told.partition('*')[0]}*"]
        )
    for told in ("no such table: customers", "no such table: visits", "ZeroDivisionError"):
        assert told in printed
    assert not re.search(r"^\S*pytest_lineapy\S*:\d+", printed, re.MULTILINE)


SKLEARN = """
import pytest
from pytest_lineapy import ModelCase, parametrize_with_roundtrips
from sklearn.linear_model import Ridge

def train():
    return Ridge().fit([[1.0], [2.0]], [1.0, 2.0])

@parametrize_with_roundtrips([ModelCase(train, inputs=[[3.0]], name="ridge")])
def test_model(check):
    check()
"""


@pytest.mark.parametrize("how", ["option", "marker"])
def test_in_server_mode(
    project: InnerPytest, production: tuple[str, Callable[[], int]], how: str
) -> None:
    """Models go through a server of the run's own; the user's is not spoken to."""
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")
    pytest.importorskip("sklearn", reason="what the model is made of")
    url, connections = production
    source = SKLEARN
    if how == "marker":
        source = source.replace("\n@param", "\n@pytest.mark.lineapy(mlflow='server')\n@param")
    project.write(source)
    options = ["--lineapy-mlflow=server"] if how == "option" else []
    user = {
        "MLFLOW_TRACKING_URI": url,
        "MLFLOW_REGISTRY_URI": url,
        "LINEAPY_MLFLOW_TRACKING_URI": url,
    }
    result = project.run("-k", "mlflow-predictions or mlflow-fresh", *options, env=user)

    result.assert_outcomes(passed=2, deselected=ALL - 2)
    assert connections() == 0


def test_nothing_stays_behind(
    project: InnerPytest, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """After a run there is no folder but pytest's own and the cache, nor anything at home."""
    folder, home = tmp_path_factory.mktemp("tmp"), tmp_path_factory.mktemp("home")
    project.write(SKLEARN)
    pytest.importorskip("mlflow", reason="what leaves most behind")
    pytest.importorskip("sklearn", reason="what the model is made of")
    result = project.run(env={"TMPDIR": str(folder), "HOME": str(home)})

    result.assert_outcomes(passed=ALL)
    names = {each.name for each in folder.iterdir()}
    assert {
        name for name in names if not name.startswith(("pytest-of-", "pytest-lineapy-"))
    } == set()
    assert {each.name for each in home.iterdir()} <= {".cache", ".config"}
    assert not (project.path / "mlruns").exists()
