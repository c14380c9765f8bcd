"""Runs of pytest, and other programs, whose processes, sockets and folders can be counted."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import socket
import struct
import subprocess
import sys
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.processes import wait_for, wait_until_gone
else:
    from processes import wait_for, wait_until_gone

# Ctrl-C is for it, also where this process is a job in the background, which ignores it.
_PYTEST = """
import signal, sys, pytest
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGHUP, signal.SIG_DFL)
sys.exit(pytest.main())
"""
_LISTENS = "0A"  # states of sockets, as the kernel writes them
_UNCONNECTED = "07"


class Address(NamedTuple):
    """Where a socket takes what comes: ``tcp`` or ``udp``, a numeric host, and a port."""

    protocol: str
    host: str
    port: int


class MarkedProcess:
    """A process with all that it starts, in a group and with a temporary folder of their own.

    What is left in the temporary folder is looked for apart from pytest's own folder, of which
    pytest keeps the last three.

    Args:
        command: What to run.
        folder: Where.
        temporary: Its temporary folder, made if it is missing.
        **variables: For its environment.

    Attributes:
        process: The one that was started here.
        temporary: Its temporary folder.
    """

    def __init__(self, command: list[str], folder: Path, temporary: Path, **variables: str) -> None:
        name, mark = "MARK_OF_RUN", uuid.uuid4().hex
        self.temporary = temporary
        self.temporary.mkdir(exist_ok=True)
        self._mark = f"{name}={mark}".encode()
        own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        self.process = subprocess.Popen(  # noqa: S603 - our own command
            command,
            cwd=folder,
            env=own | {"TMPDIR": str(self.temporary), name: mark, **variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def processes(self) -> set[int]:
        """Return the processes that live and began with the mark in their environment."""
        found = set()
        for path in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                wait_for(functools.partial(_has_begun, path), 5)
                if self._mark in (path / "environ").read_bytes():
                    found.add(int(path.name))
        return found

    def output(self, seconds: float = 120) -> str:
        """Wait for the end of the run, and return what it has printed."""
        return str(self.process.communicate(timeout=seconds)[0])

    def __enter__(self) -> MarkedProcess:  # noqa: PYI034 - Self is in typing from 3.11 on
        """Return the run."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """End what still runs, whatever the test has come to."""
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.communicate()

    def wait_until_all_gone(self, *more: int) -> None:
        """Wait for the end of every process of it that there is now, and of more."""
        for pid in {*self.processes(), *more}:
            wait_until_gone(pid)

    def left(self) -> list[str]:
        """Return what is left of it: processes, and what is in its temporary folder."""
        found = [f"process {pid}" for pid in sorted(self.processes())]
        for path in sorted(self.temporary.iterdir()):
            if path.name.startswith("pytest-of-"):
                continue
            if path.name.startswith("pytest-lineapy-") and path.name[-1].isdigit():
                # What is kept between runs is a migrated database; a run's folder is not.
                found += [
                    f"{path.name}/{each.name}"
                    for each in sorted(path.iterdir())
                    if not each.name.startswith("mlflow-")
                ]
            else:
                found.append(path.name)
        return found


def _has_begun(process: Path) -> bool:
    """Return whether a process has its arguments and environment, which amid exec it has not.

    Zombies, and what is the kernel's own, have no program, and will have neither.
    """
    return bool((process / "cmdline").read_bytes()) or not (process / "exe").exists()


def run_pytest(inner: InnerPytest, *arguments: object, **variables: str) -> MarkedProcess:
    """Start a run of pytest, with a new temporary folder.

    Args:
        inner: Where the tests are.
        *arguments: For pytest.
        **variables: For its environment.
    """
    command = [sys.executable, "-c", _PYTEST, "-p", "no:randomly", *map(str, arguments)]
    temporary = inner.path / f"temporary-{uuid.uuid4().hex[:8]}"
    return MarkedProcess(command, inner.path, temporary, **variables)


def listening(processes: Iterable[int]) -> list[Address]:
    """Return where the sockets of processes take connections or datagrams."""
    own = set()
    for process in processes:
        for path in Path(f"/proc/{process}/fd").glob("*"):
            with contextlib.suppress(OSError):
                own.add(str(path.readlink()))
    found = []
    for protocol, state in (("tcp", _LISTENS), ("udp", _UNCONNECTED)):
        for table in (protocol, f"{protocol}6"):
            for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
                fields = line.split()
                if fields[3] == state and f"socket:[{fields[9]}]" in own:
                    found.append(Address(protocol, *_decoded(fields[1])))
    return sorted(set(found))


def _decoded(written: str) -> tuple[str, int]:
    """Return the address that the kernel writes as words in the machine's own order."""
    host, port = written.split(":")
    words = [int(host[start : start + 8], 16) for start in range(0, len(host), 8)]
    packed = struct.pack(f"={len(words)}I", *words)
    family = socket.AF_INET if len(words) == 1 else socket.AF_INET6
    return socket.inet_ntop(family, packed), int(port, 16)
