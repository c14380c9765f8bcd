"""What the README shows works as it is written."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_lineapy.checks import CHECKS

if TYPE_CHECKING:
    from tests.plugins.inner_pytest import InnerPytest

README = Path(__file__).parents[1] / "README.md"


def test_the_first_example_runs(tmp_path: Path) -> None:
    """A stranger who pastes it gets predictions, the dict, and a table with both backends."""
    pytest.importorskip("mlflow", reason="the example saves to MLflow")
    pytest.importorskip("sklearn", reason="the example trains a model")
    example = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[0]
    done = subprocess.run(  # noqa: S603 - the README's own code
        [sys.executable, "-c", example],
        cwd=tmp_path,
        env=os.environ | {"HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "[0 0 0] {'seed': 7, 'rows': 150}" in done.stdout
    table = done.stdout.splitlines()[-2:]
    assert [row.split()[:1] + row.split()[4:5] for row in table] == [
        ["facts", "lineapy"],
        ["iris", "mlflow"],
    ]


def test_the_example_with_hypothesis_passes(inner: InnerPytest) -> None:
    """In a new process, two tests: no health check takes what is imported at first for slow."""
    pytest.importorskip("sklearn", reason="the models are scikit-learn's")
    examples = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    (example,) = [each for each in examples if "StoreMachine" in each]
    (inner.path / "test_readme_example.py").write_text(example)
    inner.passes(n=2)


def test_the_example_of_roundtrip_checks_passes(inner: InnerPytest) -> None:
    """Pasted into a file, it has a test for each check of each backend; none is skipped."""
    pytest.importorskip("mlflow", reason="the example saves to MLflow")
    pytest.importorskip("sklearn", reason="the example trains a model")
    examples = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    (example,) = [each for each in examples if "parametrize_with_roundtrips" in each]
    (inner.path / "test_readme_example.py").write_text(example)
    result = inner.run("--lineapy-report=report.html")
    result.assert_outcomes(passed=17)
    assert "iris: 17 of 17 checks ran" in result.stdout.str()
    assert (inner.path / "report.html").is_file()


def test_the_table_of_checks_is_that_of_the_plugin() -> None:
    """Each check is in the README, in the order in which they are run."""
    (table,) = re.findall(r"\| check \| holds when \|\n(.*?)\n\n", README.read_text(), re.DOTALL)
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(CHECKS)
