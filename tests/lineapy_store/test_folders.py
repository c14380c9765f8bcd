"""Temporary folders: private, removed after use, and by others if that did not happen."""

from __future__ import annotations

import fcntl
import stat
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

import pytest

from lineapy_store import folders
from lineapy_store.folders import TemporaryFolder

if TYPE_CHECKING:
    from pathlib import Path

# Makes a folder with a file, says where it is, and waits to be killed.
_MAKE = """
import sys
from lineapy_store.folders import TemporaryFolder
path = TemporaryFolder().path
(path / "model").write_text("large")
print(path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A temporary folder of the system's, of the test's own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    return tmp_path


def _look_again() -> None:
    """Look for what was left behind as a new process does."""
    folders._remove_dead.cache_clear()  # noqa: SLF001 - what a process does once


def test_it_is_private_and_removed(parent: Path) -> None:
    """Only its owner can enter it, and nothing of it stays, whatever is in it."""
    with TemporaryFolder() as folder:
        assert folder.parent == parent
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        (folder / "sub").mkdir()
        (folder / "sub" / "file").touch()
    assert list(parent.iterdir()) == []


def test_removing_it_twice(parent: Path) -> None:
    """What is gone can be removed again."""
    folder = TemporaryFolder()
    folder.remove()
    folder.remove()
    assert list(parent.iterdir()) == []


def test_the_next_process_removes_what_a_killed_one_left(parent: Path) -> None:
    """It is there as long as its process, and not longer than until another one looks."""
    with subprocess.Popen(  # noqa: S603 - the program above
        [sys.executable, "-c", _MAKE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        path = process.stdout.readline().strip()
        _look_again()
        TemporaryFolder().remove()
        assert [str(each) for each in parent.iterdir()] == [path]
        process.kill()
        process.wait()
    _look_again()
    TemporaryFolder().remove()
    assert list(parent.iterdir()) == []


@pytest.mark.parametrize("name", ["lineapy-data", "lineapy-0123", "model"])
def test_what_has_another_name_stays(parent: Path, name: str) -> None:
    """Folders of other people's, and files, are not touched."""
    (parent / name).mkdir()
    (parent / f"lineapy-{'0' * 32}").touch()
    (parent / f"lineapy-{'1' * 32}").symlink_to(name)
    before = sorted(parent.iterdir())
    _look_again()
    TemporaryFolder().remove()
    assert sorted(parent.iterdir()) == before


def test_one_that_is_removed_before_it_is_locked(
    parent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process that comes first costs no more than another try."""
    locks, lock = [], fcntl.flock

    def late(file: int, how: int) -> None:
        locks.append(how)
        if len(locks) == 1:
            (only,) = parent.iterdir()
            only.rmdir()
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", late)
    _look_again()
    with TemporaryFolder() as folder:
        assert folder.is_dir()
    assert len(locks) == 2
    assert list(parent.iterdir()) == []
