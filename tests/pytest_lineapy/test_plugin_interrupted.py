"""Ctrl-C in a run: it ends as pytest's own runs do, and leaves nothing."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.processes import wait_until_gone
    from tests.plugins.runs import run_pytest
else:
    from processes import wait_until_gone
    from runs import run_pytest

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="looks for processes in /proc"
)

_TESTS = """
import os, signal
import pytest

@pytest.fixture(scope="module")
def used(mlflow_server):
    yield
    mlflow_server.wait_until_ready(10)
    note("answered at the end")

@pytest.mark.parametrize("number", range(2))
def test_it(mlflow_server, used, number):
    note(mlflow_server.pid)
    os.killpg(0, signal.SIGINT)
    signal.pause()
"""


def test_ctrl_c_is_for_the_tests(inner: InnerPytest, stand_in: Path) -> None:
    """The server is there for fixtures that end, pytest says what it always says, and no more."""
    pytest.importorskip("mlflow", reason="the fixture of the server asks for it")
    inner.write(_TESTS)
    with run_pytest(inner, PYTHONPATH=str(stand_in)) as run:
        output = run.output(60)
        assert run.process.returncode == pytest.ExitCode.INTERRUPTED
        assert "KeyboardInterrupt" in output
        assert "no tests ran" in output
        pid, last = inner.notes()
        assert last == "answered at the end"
        wait_until_gone(pid)
        assert run.left() == []
