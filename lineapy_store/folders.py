"""Folders for nobody but their owner: lasting ones, and temporary ones.

Those are removed after use, or by the next process that needs one: a process that is killed removes
nothing, and what it leaves may be a model of gigabytes.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import os
import re
import shutil
import tempfile
import uuid
from pathlib import Path


def make_private(path: Path) -> None:
    """Make a folder and those above it that are missing, and see to it that they stay."""
    if path.is_dir():
        return
    make_private(path.parent)
    try:
        path.mkdir(0o700)
    except FileExistsError:
        if not path.is_dir():  # a file, or a link to nowhere
            raise
    parent = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)


class TemporaryFolder:
    """A new folder, which nobody but its owner can enter.

    Who has made it holds a lock on it, which the kernel lets go of when the process ends, however
    it does. What has such a name and is not locked was left behind.

    Args:
        parent: Where it is made; by default in the system's temporary folder.
        prefix: What its name begins with, before 32 hexadecimal digits.

    Attributes:
        path: Where it is.
    """

    def __init__(self, parent: Path | None = None, prefix: str = "lineapy-") -> None:
        parent = Path(tempfile.gettempdir()) if parent is None else parent
        _remove_dead(parent, prefix)
        while True:
            self.path = (parent / f"{prefix}{uuid.uuid4().hex}").absolute()
            self.path.mkdir(0o700)
            self._lock = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            with contextlib.suppress(OSError):  # where folders have no locks, none are removed
                fcntl.flock(self._lock, fcntl.LOCK_EX)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(self.path.stat(), os.fstat(self._lock)):
                    return
            os.close(self._lock)  # another process came before the lock

    def remove(self) -> None:
        """Remove it, as far as that can be done; fine if it is gone."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def __enter__(self) -> Path:
        """Return where it is."""
        return self.path

    def __exit__(self, *exc_info: object) -> None:
        """Remove it."""
        self.remove()


@functools.cache
def _remove_dead(parent: Path, prefix: str) -> None:
    """Remove, once in each process, the folders of those that are gone."""
    name = re.compile(re.escape(prefix) + "[0-9a-f]{32}")
    with contextlib.suppress(OSError), os.scandir(parent) as entries:
        found = [Path(entry.path) for entry in entries if name.fullmatch(entry.name)]
        for path in found:
            # Another user's cannot be opened.
            with contextlib.suppress(OSError):
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
                folder = os.open(path, flags)
                try:
                    fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    shutil.rmtree(path, ignore_errors=True)
                finally:
                    os.close(folder)
