"""The new interpreter of the checks: started when it is first needed, and asked through files."""

from __future__ import annotations

import atexit
import contextlib
import dataclasses
import functools
import importlib.util
import json
import os
import pickle
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store.folders import TemporaryFolder
from pytest_lineapy.checks._fresh import LATE
from pytest_lineapy.checks._results import describe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RUNS_CODE = "_LINEAPY_RUNS_CODE"
"""Set where the code of a model is run, which may have checked a model itself."""


@dataclasses.dataclass(frozen=True)
class Answer:
    """What a new interpreter answers.

    Attributes:
        error: Why it could not, as lines; None if it could.
        outputs: What each method predicts; None without inputs, or without such methods.
        value: What it has loaded, before it has predicted, or made, as a pickle.
        modules: Top-level modules that loading and predicting has imported, with their files.
        files: What the model's own code has read in the temporary folder of this process.
    """

    error: list[str] | None
    outputs: dict[str, Any] | None = None
    value: bytes | None = None
    modules: Mapping[str, str | None] = dataclasses.field(default_factory=dict)
    files: Sequence[str] = ()


class Interpreter:
    """A process that forks for each request, so that each is answered by a new interpreter."""

    def __init__(self) -> None:
        self._temporary = TemporaryFolder()
        self._folder = self._temporary.path
        (self._folder / "empty").mkdir()
        self._log = (self._folder / "log").open("wb")
        self._process = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "pytest_lineapy.checks._fresh", str(self._folder), *_ahead()],
            cwd=self._folder / "empty",
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            # Ctrl-C is for the tests; the end of our pipe is what ends it.
            start_new_session=True,
        )
        self._lock = threading.Lock()

    @property
    def is_alive(self) -> bool:
        """Whether it can be asked."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._process.wait()
        self._log.close()
        self._temporary.remove()  # if it was killed, and could not

    def ask(self, request: Mapping[str, Any]) -> Answer:
        """Have a model loaded, or made.

        Args:
            request: What to load and what to predict from, or the code to run; within how many
                seconds; the environment and the folders that it may import from, besides what is
                installed.
        """
        asked = {**request, "temporary_folder": tempfile.gettempdir()}
        with self._lock, tempfile.TemporaryDirectory(dir=self._folder) as name:
            paths = Path(name, "request"), Path(name, "answer")
            paths[0].write_bytes(pickle.dumps(asked))
            position = self._log.seek(0, os.SEEK_END)
            ended = self._send([request["seconds"], *map(str, paths)])
            if not paths[1].exists():
                return Answer([_told(ended, request["seconds"]), *self._log_since(position)])
            try:
                answer = pickle.loads(paths[1].read_bytes())  # noqa: S301 - of our own process
            except Exception as error:  # noqa: BLE001 - whatever the model's classes raise
                return Answer(["what it has loaded does not come back", *describe(error)])
        return Answer(**answer)

    def _send(self, line: list[Any]) -> str:
        """Return what the process says when it has answered; nothing if it has ended."""
        stdin, stdout = self._process.stdin, self._process.stdout
        if stdin is None or stdout is None:
            return ""
        with contextlib.suppress(OSError):
            stdin.write(json.dumps(line) + "\n")
            stdin.flush()
            return stdout.readline().strip()
        return ""

    def _log_since(self, position: int) -> list[str]:
        text = Path(self._log.name).read_bytes()[position:].decode(errors="replace")
        return text.splitlines()[-10:]


def _ahead() -> list[str]:
    """Return the modules that it imports once, and not for each model.

    They are MLflow's, and those of MLflow's own requirements that take seconds: wherever a model is
    that was logged, these are installed.
    """
    if importlib.util.find_spec("mlflow") is None:  # the models of that backend are then skipped
        return []
    modules = ["mlflow.pyfunc"]
    modules += [f"mlflow.store.{each}.sqlalchemy_store" for each in ("tracking", "model_registry")]
    if "sklearn" in sys.modules:
        modules += ["mlflow.sklearn", "sklearn.linear_model"]
        modules += ["skops.io"] if importlib.util.find_spec("skops") is not None else []
    return modules


def _told(ended: str, seconds: float) -> str:
    if not ended:
        return "the interpreter has ended before it was asked"
    if ended == LATE:
        return f"no answer after {seconds:g} s"
    return f"the interpreter has ended with exit code {ended}"


@functools.cache
def _of_process(_pid: int) -> Interpreter:
    interpreter = Interpreter()
    atexit.register(interpreter.close)
    return interpreter


def interpreter() -> Interpreter:
    """Return this process's interpreter, which is started if it has none that lives."""
    found = _of_process(os.getpid())
    if found.is_alive:
        return found
    _of_process.cache_clear()
    return _of_process(os.getpid())


def environment(
    python_path: Sequence[str] = (),
    tracking: Any = None,
    before: Mapping[str, str | None] | None = None,
    base: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the environment without what belongs to this run, or to the user's MLflow.

    Args:
        python_path: Folders that may be imported from, besides what is installed.
        tracking: The place in MLflow that it names; None for none.
        before: What variables were before the model was trained; None for those that were unset.
        base: What to take instead of the environment of now.
    """
    own = {
        name: value
        for name, value in {**(os.environ if base is None else base), **(before or {})}.items()
        if value is not None
        and not name.startswith(("LINEAPY_", "MLFLOW_", "_MLFLOW_", "PYTEST_", "COV_"))
    }
    # An order that depends on hashes, which tox has the same in all processes, is to be another.
    if own.get("PYTHONHASHSEED", "").isdecimal():
        own["PYTHONHASHSEED"] = str((int(own["PYTHONHASHSEED"]) + 1) % 2**32)
    folders = [*python_path, *own.get("PYTHONPATH", "").split(os.pathsep)]
    own["PYTHONPATH"] = os.pathsep.join(filter(None, folders))
    own["MLFLOW_DISABLE_TELEMETRY"] = "true"
    if tracking is not None:
        own["MLFLOW_TRACKING_URI"] = own["MLFLOW_REGISTRY_URI"] = tracking.uri
        if tracking.workspace is not None:
            own["MLFLOW_WORKSPACE"] = tracking.workspace
    return own
