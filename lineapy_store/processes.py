"""Which process announced a save, and whether that very process still runs.

Its number alone does not tell. Numbers are given again, mean something else in every container, and
stay taken by a process that was killed until its parent has asked how it ended.
"""

from __future__ import annotations

import contextlib
import functools
import os
import socket
from pathlib import Path

_ENDED = "ZXx"  # states of a process in Linux


@functools.cache
def machine() -> str:
    """Returns where the numbers of processes mean the same as here.

    The name of the machine and, on Linux, which of its boots and namespaces this is.
    """
    found = [socket.gethostname()]
    with contextlib.suppress(OSError):
        found.append(Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip())
        found.append(str(Path("/proc/self/ns/pid").readlink()))
    return " ".join(found)


def began(pid: int) -> str | None:
    """Returns when a process of this machine began, in the system's own count.

    Returns:
        The same text as long as it runs; ``""`` if it has ended; None where this cannot be told.
    """
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # From the third field on: the second, the program's name, may have any text in it.
    state, *fields = status.rpartition(")")[2].split()
    return "" if state in _ENDED else fields[18]


def is_running(pid: int, since: str | None) -> bool:
    """Returns whether a process of this machine runs, for all that can be told.

    Args:
        pid: Its number.
        since: What `began` said of it.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return since is None or began(pid) in {since, None}
