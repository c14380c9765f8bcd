"""Processes that are not this one's children, or not only: whether they live, and their end."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


def is_alive(pid: int) -> bool:
    """Return whether there is such a process that has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and state.read_text().rpartition(")")[2].split()[0] == "Z")


def wait_for(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Return whether something holds in time."""
    pause, turns = threading.Event(), int(seconds / 0.02)
    return any(holds() or pause.wait(0.02) for _ in range(turns))


def wait_until_gone(pid: int) -> None:
    """Return when the process has ended; on Linux."""
    with contextlib.suppress(ProcessLookupError):
        descriptor = os.pidfd_open(pid)
        try:
            poll = select.poll()
            poll.register(descriptor, select.POLLIN)
            assert poll.poll(30_000), f"process {pid} still runs"
        finally:
            os.close(descriptor)
