"""Whether a slice makes the value that was saved: it is run in a new interpreter, and compared."""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store.comparison import differences
from lineapy_store.errors import SliceError
from lineapy_store.folders import TemporaryFolder

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineapy_store.slicing._slice import Slice

_SECONDS = 3600
_LARGEST = 500_000_000
_SHOWN = 5

# What the new interpreter does: run the text as a script is run, and hand over one value.
_RUN = """
import ast, os, sys
text, name, path, result, parent = sys.argv[1:6]
if sys.platform == "linux":
    import ctypes
    ctypes.CDLL(None).prctl(1, 9)  # to be killed when the parent ends, however that is
    if os.getppid() != int(parent):
        sys.exit(1)
sys.argv[:] = [path]
import linecache, types
main = sys.modules["__main__"] = types.ModuleType("__main__")
main.__file__ = path
source = open(text, encoding="utf-8", newline="").read()
linecache.cache[path] = (len(source), None, source.splitlines(True), path)
import lineapy_store
def save(self, obj, name, *_, **__):
    raise lineapy_store.SliceError(f"it saves {name!r}, which code that is verified may not")
lineapy_store.Store.save = save
try:
    code = compile(source, path, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    if code.co_flags & 128:  # a cell that awaits something
        import asyncio
        asyncio.run(eval(code, main.__dict__))
    else:
        exec(code, main.__dict__)
except SystemExit as error:
    if name not in main.__dict__:
        sys.exit(f"It ends before {name!r} is made: sys.exit({error.code!r})")
import cloudpickle
with open(result, "wb") as file:
    cloudpickle.dump(main.__dict__[name], file)
"""


def verify(
    found: Slice, value: Any, label: str, environment: Mapping[str, str], filename: str = ""
) -> None:
    """Run a slice twice in new interpreters, and compare what it makes with a value.

    Each runs in a copy of the working directory, with the environment that this process was
    started with.

    Args:
        found: The slice.
        value: What it has to make.
        label: The artifact's name and version, for messages.
        environment: Variables to add.
        filename: Of the program; in the copy, it is run in its place.

    Raises:
        SliceError: It raises, makes another value, or does not make the same one twice.
    """
    if not found.name:
        raise SliceError(f"{label} is a side effect, and so has no value to compare with.")
    one = _run(found, label, environment, filename)
    problems = differences(value, one)
    if not problems:
        return
    listed = "\n".join(f"  {each}" for each in problems[:_SHOWN])
    if differences(one, _run(found, label, environment, filename)):
        raise SliceError(
            f"{label} cannot be verified: its code does not make the same value twice. Left: what "
            f"was saved; right: what the code makes now.\n{listed}"
        )
    raise SliceError(
        f"The code of {label} makes another value. Left: what was saved; right: what the code "
        f"makes.\n{listed}"
    )


def _run(found: Slice, label: str, environment: Mapping[str, str], filename: str) -> Any:
    """Return what a slice makes in a new interpreter."""
    with TemporaryFolder() as folder:
        text, result = Path(folder, "slice.py"), Path(folder, "value")
        text.write_text(found.text, encoding="utf-8", newline="")
        working = Path(folder, "copy")
        copy_folder(Path.cwd(), working, label)
        script = working / _inside(Path.cwd(), filename)
        path = [str(script.parent), str(working)]
        path += [str(working / each) if not os.path.isabs(each) else each for each in sys.path]  # noqa: PTH117 - a text
        done = subprocess.run(  # noqa: S603 - our own interpreter, and the user's own code
            [
                *(sys.executable, "-c", _RUN, text, found.name, script, result),
                str(os.getpid()),
            ],
            cwd=working,
            env={**started_with(), **environment, "PYTHONPATH": os.pathsep.join(path)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_SECONDS,
            check=False,
        )
        if done.returncode:
            last = done.stderr.decode(errors="replace").strip().splitlines()[-_SHOWN:]
            raise SliceError(
                f"The code of {label} ends with exit code {done.returncode} when it is run:\n"
                + "\n".join(f"  {line}" for line in last)
                + f"\nIt ran in a copy of {Path.cwd()}."
            )
        with result.open("rb") as file:
            return pickle.load(file)  # noqa: S301 - what the user's own code has just written


def _inside(folder: Path, filename: str) -> Path:
    """Return where in a folder a program is, or would be if it is in another."""
    script = Path(folder, filename)
    if filename and script.is_file() and script.resolve().is_relative_to(folder.resolve()):
        return script.resolve().relative_to(folder.resolve())
    return Path("slice.py")


def started_with() -> dict[str, str]:
    """Return the environment as it was when this process started, where the system tells."""
    try:
        content = Path("/proc/self/environ").read_bytes().decode(errors="surrogateescape")
    except OSError:
        return dict(os.environ)
    pairs = (entry.partition("=") for entry in content.split("\0") if "=" in entry)
    return {name: text for name, _, text in pairs}


def copy_folder(folder: Path, copy: Path, label: str) -> None:
    """Copy a working directory, as far as it stays while it is copied.

    Raises:
        SliceError: It is so large that nobody would want that.
    """
    left = _LARGEST

    def skipped(inside: str, names: list[str]) -> list[str]:
        nonlocal left
        found = [name for name in names if name in _LEFT_OUT]
        for name in names:
            path = Path(inside, name)
            if path.is_file() and not path.is_symlink():
                left -= path.stat().st_size
        if left < 0:
            raise SliceError(
                f"The code of {label} cannot be verified: it is run in a copy of the working "
                f"directory, and {folder} holds more than {_LARGEST // 10**6} MB. Change to a "
                "smaller one that has what the code reads."
            )
        return found

    with contextlib.suppress(shutil.Error):  # which comes after all that could be copied
        shutil.copytree(folder, copy, symlinks=True, ignore=skipped)


_LEFT_OUT = frozenset(
    (
        *(".git", ".hg", ".tox", ".nox", ".venv", "venv", "node_modules", "__pycache__", "mlruns"),
        *(".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"),
    )
)
