"""Models that an interpreter does not get over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

_HERE = os.getpid()


class Hangs:
    """Starts a process when it is loaded elsewhere, writes who is there, and comes to no end.

    Args:
        told: The file to write, with the numbers of the interpreter, of the process that it has
            forked, and of the one that is started.
    """

    def __init__(self, told: str) -> None:
        self.told = told
        self.trained_in = _HERE

    def __setstate__(self, state: dict[str, Any]) -> None:
        """Hang, where it was not trained."""
        vars(self).update(state)
        if self.trained_in == _HERE:
            return
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        unfinished = Path(f"{self.told}.tmp")
        unfinished.write_text(f"{os.getppid()} {os.getpid()} {child.pid}")
        unfinished.rename(self.told)
        threading.Event().wait(600)


class _Ends:
    def __init__(self, *, parent: bool) -> None:
        self.parent = parent
        self.trained_in = _HERE

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        if self.trained_in == _HERE:
            return
        if self.parent:
            os.kill(os.getppid(), signal.SIGKILL)
        os._exit(7)


def exits() -> Any:
    """Loading it ends the process."""
    return _Ends(parent=False)


def kills_the_interpreter() -> Any:
    """Loading it ends the interpreter that has forked the process too."""
    return _Ends(parent=True)


def hangs() -> Any:
    """Loading it comes to no end."""
    return Hangs(str(Path.cwd() / "pids"))
