"""The end of a run tells what the round-trip checks came to, however it was run.

In these runs the checks themselves are replaced by what they are told to come to, which takes a
hundredth of the time; those at the end are real.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy.checks import BACKENDS, names_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.inner_pytest import InnerPytest

CHECKS = sum(len(names_of(backend)) for backend in BACKENDS)

# A model is a dict of what its checks come to.
CONFTEST = """
import pytest_lineapy.checks

def run_check(subject, backend, name):
    told = subject.trained.model
    status, detail = told.get(f"{backend}-{name}", told.get("all", ("passed", "")))
    return pytest_lineapy.checks.CheckResult(name, status, 0.25, detail, subject.case.name, backend)

pytest_lineapy.checks.run_check = run_check
"""

TESTS = """
from pytest_lineapy import ModelCase, parametrize_with_roundtrips

SOUND = ModelCase({"lineapy-code": ("skipped", "no code is recorded")}, name="sound")
BROKEN = ModelCase(
    {
        "lineapy-value": ("failed", "broken: .rate: 1 != 2"),
        "mlflow-pyfunc": ("failed", "broken: pyfunc predicts 3"),
    },
    name="broken",
)
"""

ALL = """
@parametrize_with_roundtrips([SOUND, BROKEN], expected_failures={
    "broken": {"mlflow-pyfunc": "pyfunc rounds"},
})
def test_roundtrip(check):
    check()
"""


@pytest.fixture
def write(inner: InnerPytest) -> Callable[[str], InnerPytest]:
    """A function that writes tests of models which come to what they say."""

    def write(tests: str) -> InnerPytest:
        inner.path.joinpath("conftest.py").write_text(CONFTEST)
        inner.write(TESTS + tests)
        return inner

    return write


def summary(result: pytest.RunResult) -> list[str]:
    """Return the lines about round-trip checks."""
    text = result.stdout.str()
    found = re.search(
        r"^=+ round-trip checks =+\n(.*?)^(=|\d+ \w+ in |\d+ \w+, )", text, re.DOTALL | re.MULTILINE
    )
    return found[1].splitlines() if found else []


@pytest.mark.parametrize("arguments", [[], ["-n", "2"]], ids=["one process", "two workers"])
def test_tells_of_each_model_what_ran_and_what_did_not(
    write: Callable[[str], InnerPytest], arguments: list[str]
) -> None:
    """Counts, failures, skips and expected failures are there with their reasons."""
    result = write(ALL).run(*arguments)
    ran, both = f"{CHECKS} of {CHECKS} checks ran", 2 * CHECKS
    *models, total = summary(result)
    assert models == [
        f"broken: {ran}: {CHECKS - 2} passed, 1 expected to fail, 1 failed",
        "  failed: lineapy value",
        "  expected to fail: mlflow pyfunc: pyfunc rounds",
        f"sound: {CHECKS - 1} of {CHECKS} checks ran: {CHECKS - 1} passed, 1 skipped",
        "  skipped: lineapy code: no code is recorded",
    ]
    assert total == (
        f"2 models: {both - 1} of {both} checks ran: "
        f"{both - 3} passed, 1 skipped, 1 expected to fail, 1 failed"
    )
    assert result.ret == pytest.ExitCode.TESTS_FAILED


def test_quiet_tells_only_of_models_that_fail(write: Callable[[str], InnerPytest]) -> None:
    """With -q sound models are only counted."""
    lines = summary(write(ALL).run("-q"))
    assert [line.partition(":")[0] for line in lines] == [
        "broken",
        "  failed",
        "  expected to fail",
        "2 models",
    ]


def test_a_run_without_checks_tells_nothing(inner: InnerPytest) -> None:
    """Who does not use the checks does not see them."""
    inner.write("def test_other():\n    pass\n")
    assert "round-trip" not in inner.passes()


@pytest.mark.parametrize(
    "tests",
    [
        """
@parametrize_with_roundtrips([ModelCase({"all": ("skipped", "no inputs")}, name="idle")])
def test_roundtrip(check):
    check()
""",
        """
@parametrize_with_roundtrips([ModelCase({}, name="idle")])
def test_roundtrip(check):
    check  # forgotten parentheses
""",
        """
import pytest

@pytest.mark.skip(reason="no GPU")
@parametrize_with_roundtrips([ModelCase({}, name="idle")])
def test_roundtrip(check):
    check()
""",
        """
import pytest

def train():
    pytest.skip("no data")

@parametrize_with_roundtrips([ModelCase(train, name="idle")])
def test_roundtrip(check):
    check()
""",
    ],
    ids=["checks are skipped", "checks are not called", "tests are skipped", "training skips"],
)
def test_a_model_of_which_no_check_ran_fails_the_run(
    write: Callable[[str], InnerPytest], tests: str
) -> None:
    """A green run means that each model has been looked at."""
    result = write(tests).run("-q")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    lines = summary(result)
    assert lines[0].startswith(f"idle: 0 of {CHECKS} checks ran")
    assert "  no check of idle has run, so nothing is known of it: this fails the run" in lines


def test_an_unchecked_model_is_told_without_a_terminal(
    write: Callable[[str], InnerPytest],
) -> None:
    """The exit code has an explanation, and the page is there, also with -p no:terminal."""
    inner = write("""
@parametrize_with_roundtrips([ModelCase({"all": ("skipped", "no inputs")}, name="idle")])
def test_roundtrip(check):
    check()
""")
    result = inner.run("-p", "no:terminal", "--lineapy-report=report.html")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "no check of idle has run" in result.stderr.str()
    assert "idle" in inner.path.joinpath("report.html").read_text()


def test_checks_that_are_left_out_fail_nothing(write: Callable[[str], InnerPytest]) -> None:
    """A run of one skipped check is no run of a model of which nothing ran."""
    result = write(ALL).run("-k", "sound and code")
    assert result.ret == pytest.ExitCode.OK
    assert summary(result) == [
        "sound: 0 of 1 checks ran: 1 skipped",
        "  skipped: lineapy code: no code is recorded",
    ]


def test_last_failed_tells_of_what_ran(write: Callable[[str], InnerPytest]) -> None:
    """A second run with --lf has only the check that failed."""
    inner = write(ALL)
    inner.run()
    assert summary(inner.run("--lf")) == [
        "broken: 1 of 1 checks ran: 1 failed",
        "  failed: lineapy value",
    ]


def test_a_check_that_is_run_again_counts_once(write: Callable[[str], InnerPytest]) -> None:
    """What counts is what it came to last, with plugins that run a failed test again."""
    inner = write("""
@parametrize_with_roundtrips([BROKEN])
def test_roundtrip(check):
    try:
        check()
    finally:
        check.case.model.clear()  # next time it holds

def test_one_call(lineapy_roundtrip, attempts=[]):
    attempts.append(1)
    told = {} if len(attempts) > 1 else {"mlflow-value": ("failed", "flaky")}
    lineapy_roundtrip(told, name="called")
""")
    with inner.path.joinpath("conftest.py").open("a") as file:
        file.write("""
import pytest_lineapy.checks._roundtrip as real
from _pytest.runner import runtestprotocol

real.run_check = run_check

def pytest_runtest_protocol(item, nextitem):
    reports = runtestprotocol(item, nextitem=nextitem, log=False)
    for report in reports:
        if report.failed:
            report.outcome = "rerun"
        item.ihook.pytest_runtest_logreport(report=report)
    if any(report.outcome == "rerun" for report in reports):
        runtestprotocol(item, nextitem=nextitem)
    return True
""")
    result = inner.run()
    assert result.ret == pytest.ExitCode.OK
    assert summary(result)[:2] == [
        f"broken: {CHECKS} of {CHECKS} checks ran: {CHECKS} passed",
        f"called: {CHECKS} of {CHECKS} checks ran: {CHECKS} passed",
    ]
    assert "2 rerun" in result.stdout.str()


def test_model_code_that_skips_is_an_error(write: Callable[[str], InnerPytest]) -> None:
    """A model that is listed cannot leave the run without a word, by a skip while it is trained."""
    inner = write("")
    inner.path.joinpath("churn.py").write_text(
        "import pytest\n\n\ndef train():\n    pytest.skip('no data')\n"
    )
    result = inner.run("--lineapy-models=churn:train", "-o", "pythonpath=.")
    assert result.ret == pytest.ExitCode.INTERRUPTED
    result.stdout.fnmatch_lines(["lineapy_models: 'churn:train' train() raises", "*no data*"])


def test_a_check_that_holds_against_expectation_says_so(
    write: Callable[[str], InnerPytest],
) -> None:
    """An expected failure that is none any more fails, with the reason that was given."""
    result = write("""
@parametrize_with_roundtrips([SOUND], expected_failures={"sound": {"mlflow-value": "too old"}})
def test_roundtrip(check):
    check()
""").run("--lineapy-report=report.html")
    assert result.ret == pytest.ExitCode.TESTS_FAILED
    assert "  failed: mlflow value" in summary(result)


def test_checks_in_one_call_are_told_too(write: Callable[[str], InnerPytest]) -> None:
    """Models of one name in two tests are two models."""
    inner = write("""
def test_one(lineapy_roundtrip):
    lineapy_roundtrip({}, name="churn")

def test_other(lineapy_roundtrip):
    lineapy_roundtrip(BROKEN.model, name="churn")
""")
    with inner.path.joinpath("conftest.py").open("a") as file:
        file.write("import pytest_lineapy.checks._roundtrip as real\nreal.run_check = run_check\n")
    lines = summary(inner.run())
    assert lines[0] == (
        f"churn (test_inner.py::test_one): {CHECKS} of {CHECKS} checks ran: {CHECKS} passed"
    )
    assert lines[1].startswith("churn (test_inner.py::test_other): ")
    assert "  failed: lineapy value; mlflow pyfunc" in lines


def test_results_stay_out_of_junit_files(write: Callable[[str], InnerPytest]) -> None:
    """A property of a test case is against the schema of xunit2, which some servers insist on."""
    inner = write(ALL)
    inner.run("--junit-xml=junit.xml")
    assert "<property" not in inner.path.joinpath("junit.xml").read_text()
