"""A new interpreter: loads models and says what they predict, or runs the code that made one.

``pytest_lineapy.checks._interpreter`` starts it, in an empty folder, and writes lines to it, each
a JSON list of seconds and two paths: of a request, which is a pickled dict, and of the answer to
write. It answers each in a process that is forked for it, before which nothing but the library
itself and MLflow has been imported; so each model is loaded by an interpreter that has seen no
other, and the seconds that MLflow's import takes are spent once.

It ends when nobody is left who could write to it, and so does what it has forked.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import linecache
import os
import pickle
import select
import shutil
import signal
import sys
import tempfile
import time
import traceback
import types
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import FrameType

_MODULES = (
    "cloudpickle",
    "lineapy_store.backends.lineapy",
    "lineapy_store.backends.mlflow",
    "lineapy_store.catalog",
    "lineapy_store.content",
    "lineapy_store.store",
    "pytest_lineapy.checks._predict",
    "sqlalchemy.dialects.sqlite",
)


LATE = "late"
"""What it says where there was no answer in time; otherwise the exit code of what it forked."""


def main(folder: str, *modules: str) -> None:
    """Answer requests until there are no more.

    Args:
        folder: Removed at the end.
        *modules: Imported at the start, besides those that are always needed.
    """
    warnings.simplefilter("ignore")
    for module in (*_MODULES, *modules):
        importlib.import_module(module)
    # A child that ends is heard of through a pipe, so that it can be waited for with other things.
    woken, waking = os.pipe()
    os.set_blocking(waking, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waking, warn_on_full_buffer=False)
    with contextlib.suppress(BrokenPipeError):  # whoever asked is gone, with nobody to tell
        for line in sys.stdin:
            seconds, asked, answered = json.loads(line)
            sys.stdout.write(_forked(Path(asked), Path(answered), seconds, woken) + "\n")
            sys.stdout.flush()
    shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)  # what is left to flush has no reader


def _forked(asked: Path, answered: Path, seconds: float, woken: int) -> str:
    """Have a process of its own answer a request; return how it has ended."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            os.setpgid(0, 0)
            _answer_to(asked, answered)
            code = 0
        except BaseException:  # noqa: BLE001 - told by whoever reads this process's errors
            traceback.print_exc()
        finally:
            os._exit(code)
    with contextlib.suppress(OSError):  # it has done so itself
        os.setpgid(pid, pid)
    try:
        return _wait(pid, time.monotonic() + seconds, woken)
    finally:
        with contextlib.suppress(OSError):  # nothing is left of it
            os.killpg(pid, signal.SIGKILL)


def _wait(pid: int, deadline: float, woken: int) -> str:
    """Wait for a process until it ends, it is late, or nobody is left who asks."""
    asking = sys.stdin.fileno()
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return str(os.waitstatus_to_exitcode(status))
        left = deadline - time.monotonic()
        # There is one request at a time, so that there is nothing to read but the end.
        ready = select.select([woken, asking], [], [], max(0.0, left))[0]
        if woken in ready:
            os.read(woken, 1024)
        elif asking in ready or left <= 0:
            os.killpg(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return LATE


def _answer_to(asked: Path, answered: Path) -> None:
    import cloudpickle  # noqa: PLC0415 - imported before

    request = pickle.loads(asked.read_bytes())  # noqa: S301 - our own file
    os.environ.clear()
    os.environ.update(request["environment"])
    tempfile.tempdir = tempfile.mkdtemp(dir=asked.parent)  # which goes with the request
    os.environ["TMPDIR"] = tempfile.tempdir
    sys.path[:0] = request["python_path"]
    # What the model reads is no request, and what it prints is no answer.
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    answer = _answer(request) if "code" not in request else _made(request)
    try:
        content = cloudpickle.dumps(answer)
    except Exception:  # noqa: BLE001 - whatever the model's classes raise
        answer["error"] = ["what it has loaded cannot be compared, as it cannot be pickled"]
        answer["value"] = answer["outputs"] = None
        content = cloudpickle.dumps(answer)
    answered.write_bytes(content)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    import cloudpickle  # noqa: PLC0415 - imported before

    from lineapy_store import Store  # noqa: PLC0415 - imported before
    from pytest_lineapy.checks._predict import predictions  # noqa: PLC0415 - as above
    from pytest_lineapy.checks._results import Skipped, describe  # noqa: PLC0415 - as above

    answer: dict[str, Any] = {"error": None, "outputs": None, "value": None, "modules": {}}
    answer["files"] = _note_files(Path(request["temporary_folder"]))
    before = set(sys.modules)
    hidden = request["hidden"] - {name.partition(".")[0] for name in before}
    sys.meta_path[:] = [_Without(finder, hidden) for finder in sys.meta_path]
    try:
        with Store(**request["options"]) as store:
            value = store.get(request["name"], version=request["version"]).get_value()
        # Before it predicts, which may change it.
        answer["value"] = cloudpickle.dumps(value)
        if request["inputs"] is not None:
            inputs = pickle.loads(request["inputs"])  # noqa: S301 - our own
            with contextlib.suppress(Skipped):
                answer["outputs"] = predictions(value, inputs)
    except BaseException as error:  # noqa: BLE001 - whatever loading a model raises
        answer["error"] = describe(error)
    for root in {name.partition(".")[0] for name in set(sys.modules) - before}:
        answer["modules"][root] = getattr(sys.modules.get(root), "__file__", None)
    return answer


def _have_parents(module: str) -> None:
    """Have the packages that a module is in, though nothing else of them may be found.

    Pytest gives a test file the name of its path, wherever the tests are run from.
    """
    parts = module.split(".")[:-1]
    for count in range(1, len(parts) + 1):
        name = ".".join(parts[:count])
        try:
            importlib.import_module(name)
        except ImportError:
            sys.modules[name] = types.ModuleType(name)
            sys.modules[name].__path__ = []


def _made(request: dict[str, Any]) -> dict[str, Any]:
    """Run a program as a script is run, and hand over what one of its variables has."""
    import cloudpickle  # noqa: PLC0415 - imported before

    from pytest_lineapy.checks._results import describe  # noqa: PLC0415 - as above

    os.chdir(request["folder"])
    if (numpy := sys.modules.get("numpy")) is not None:
        numpy.random.seed()  # else what is forked has the generator of all others
    code = request["code"]
    sys.argv[:] = [request["file"]]
    main = types.ModuleType(code["module"])
    main.__file__, main.__package__ = request["file"], code["module"].rpartition(".")[0] or None
    # Classes that the program defines are those of the module that it is from.
    _have_parents(code["module"])
    sys.modules["__main__"] = sys.modules[code["module"]] = main
    lines = code["text"].splitlines(keepends=True)
    linecache.cache["<code>"] = (len(code["text"]), None, lines, "<code>")
    try:
        program = compile(code["text"], "<code>", "exec", dont_inherit=True)
        exec(program, vars(main))  # noqa: S102 - that is what is asked for
        return {"error": None, "value": cloudpickle.dumps(vars(main)[code["name"]])}
    except BaseException as error:  # noqa: BLE001 - whatever the user's code raises
        return {"error": describe(error)}


def _note_files(folder: Path) -> list[str]:
    """Note from now on which files below a folder the model's own code reads.

    Nobody else will have them. What is imported is left out, as is what libraries read, such as
    the store.

    Returns:
        Their paths, to be filled.
    """
    from pytest_lineapy.checks._results import is_a_librarys  # noqa: PLC0415 - imported before

    found: list[str] = []
    ours = [os.path.realpath(each) for each in (tempfile.gettempdir(), sys.prefix, *sys.path)]

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event != "open" or not isinstance(arguments[0], (str, bytes)):
            return
        path, flags = os.path.realpath(os.fsdecode(arguments[0])), arguments[2]
        if flags & (os.O_WRONLY | os.O_RDWR) or path in found or not _below(path, [str(folder)]):
            return
        if _below(path, ours):
            return
        frame: FrameType | None = sys._getframe(1)  # noqa: SLF001 - the only way to who opens it
        while frame is not None and not frame.f_code.co_filename.startswith("<frozen importlib"):
            if not is_a_librarys(frame.f_code.co_filename):
                found.append(path)
                return
            frame = frame.f_back

    sys.addaudithook(note)
    return found


def _below(path: str, folders: list[str]) -> bool:
    return any(Path(path).is_relative_to(each) for each in folders)


class _Without:
    """An import finder that finds what another one does, except for some packages.

    Args:
        finder: The other one.
        roots: Top-level modules that look as if they were not installed.
    """

    def __init__(self, finder: Any, roots: frozenset[str]) -> None:
        self._finder = finder
        self._roots = roots

    def find_spec(self, name: str, *arguments: Any) -> Any:
        """Find a module, unless it is hidden."""
        hidden = name.partition(".")[0] in self._roots
        return None if hidden else self._finder.find_spec(name, *arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)


if __name__ == "__main__":
    main(*sys.argv[1:])
