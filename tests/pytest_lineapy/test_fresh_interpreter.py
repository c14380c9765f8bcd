"""The new interpreter of the checks: ends, with all that it has started, and leaves nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lineapy_store.folders import TemporaryFolder
from pytest_lineapy.checks import run_check

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_lineapy.checks import Subject
    from tests.plugins.processes import is_alive, wait_for
else:
    from processes import is_alive, wait_for

ZOO = str(Path(__file__).parents[1] / "plugins")

# Checks a model whose loading hangs, once the interpreter has said by a file where it is.
_CHECKS = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # which a job in the background ignores
from pytest_lineapy import ModelCase
from pytest_lineapy.checks import Subject, run_check
from pytest_lineapy.checks._places import temporary_place
from zoo.hanging import Hangs
subject = Subject(ModelCase(Hangs(sys.argv[1])), temporary_place)
subject._saved
print(run_check(subject, "lineapy", "fresh_process"))
"""


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The temporary folder of processes that are started, empty."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setenv("PYTHONPATH", ZOO, prepend=os.pathsep)
    return folder


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_ends_with_who_asked(
    temporary_folder: Path, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the process that checks is killed while a model hangs, nothing of it stays."""
    told = temporary_folder.parent / "pids"
    process = subprocess.Popen(  # noqa: S603 - the program above
        [sys.executable, "-c", _CHECKS, str(told)], stderr=subprocess.DEVNULL
    )
    assert wait_for(told.exists, 120), "the model is being loaded"
    pids = list(map(int, told.read_text().split()))
    assert len(pids) == 3, "the interpreter, the one that loads, and what the model has started"
    assert all(map(is_alive, pids))

    process.send_signal(number)
    process.wait(60)

    assert wait_for(lambda: not any(map(is_alive, pids)))
    assert wait_for(lambda: not list(temporary_folder.glob("lineapy-*/empty")))
    with monkeypatch.context() as patch:
        patch.setattr(tempfile, "tempdir", str(temporary_folder))
        TemporaryFolder().remove()  # as the next process does
    assert list(temporary_folder.glob("lineapy-*")) == []


def test_model_that_hangs_is_bounded(from_zoo: Callable[..., Subject], tmp_path: Path) -> None:
    """A model that takes longer than it may is given up, with what it has started."""
    result = run_check(from_zoo("hanging:hangs", seconds=1.5), "lineapy", "fresh_process")

    assert result.status == "failed"
    assert "a new interpreter cannot load it" in result.detail
    assert "no answer after 1.5 s" in result.detail
    _, *forked = map(int, (tmp_path / "pids").read_text().split())
    assert wait_for(lambda: not any(map(is_alive, forked)))


def test_interpreter_that_dies(from_zoo: Callable[..., Subject]) -> None:
    """A model that ends the interpreter is told with its exit code; the next one is answered."""
    fatal = run_check(from_zoo("hanging:exits"), "lineapy", "fresh_process")
    assert fatal.status == "failed"
    assert "the interpreter has ended with exit code 7" in fatal.detail

    killed = run_check(from_zoo("hanging:kills_the_interpreter"), "lineapy", "fresh_process")
    assert killed.status == "failed"

    sound = run_check(from_zoo("sound_plain:plain_object"), "lineapy", "fresh_process")
    assert (sound.status, sound.detail) == ("passed", "")
