"""Which process announced a save, and whether that very process still runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lineapy_store import processes

linux = pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="the system does not say when a process began"
)


def test_a_process_that_runs_is_running() -> None:
    """This one runs, whether or not it can be told when it began; process 1 is somebody's."""
    assert processes.is_running(os.getpid(), processes.began(os.getpid()))
    assert processes.is_running(os.getpid(), None)
    assert processes.is_running(1, processes.began(1))


def test_a_process_that_was_waited_for_is_not() -> None:
    """Its number is nobody's."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
        assert not processes.is_running(process.pid, None)


@linux
def test_a_process_that_was_killed_is_not_though_nobody_has_waited_for_it() -> None:
    """Its number is still taken, and stays so for as long as its parent is busy."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        since = processes.began(process.pid)
        assert since
        assert processes.is_running(process.pid, since)
        process.send_signal(signal.SIGKILL)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        os.kill(process.pid, 0)  # raises if there is none
        assert processes.began(process.pid) == ""
        assert not processes.is_running(process.pid, since)


@linux
def test_a_number_that_was_given_again_is_another_process() -> None:
    """The one that has it began at another time."""
    assert not processes.is_running(os.getpid(), "1")


def test_a_machine_is_known_by_more_than_its_name() -> None:
    """Each boot and each container counts processes anew, and may have the name of another."""
    name, *more = processes.machine().split()
    assert name == os.uname().nodename
    assert len(more) == (2 if sys.platform == "linux" else 0)
