"""A new interpreter that has only the store: loads models and says what they predict.

``pytest_lineapy.checks._interpreter`` starts it, in an empty folder, and writes lines to it, each
a JSON list of two paths: of a request, which is a pickled dict, and of the answer to write. It
answers each in a process that is forked for it, before which nothing but the library itself and
MLflow has been imported; so each model is loaded by an interpreter that has seen no other, and the
seconds that MLflow's import takes are spent once.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import pickle
import signal
import sys
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

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


def main() -> None:
    """Answer requests until there are no more."""
    warnings.simplefilter("ignore")
    modules = [*_MODULES, *sys.argv[1:]]
    for module in modules:
        importlib.import_module(module)
    for line in sys.stdin:
        asked, answered = json.loads(line)
        code = _in_a_process_of_its_own(Path(asked), Path(answered))
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _in_a_process_of_its_own(asked: Path, answered: Path) -> int:
    """Return the exit code of a process that answers a request."""
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            # What the model prints is no answer.
            os.dup2(2, 1)
            code = _answer_to(asked, answered)
        except BaseException:  # noqa: BLE001 - told by whoever reads this process's errors
            traceback.print_exc()
        finally:
            os._exit(code)
    request = pickle.loads(asked.read_bytes())  # noqa: S301 - our own file
    deadline = time.monotonic() + request["seconds"]
    while time.monotonic() < deadline:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.002)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return -signal.SIGALRM


def _answer_to(asked: Path, answered: Path) -> int:
    import cloudpickle  # noqa: PLC0415 - imported before

    request = pickle.loads(asked.read_bytes())  # noqa: S301 - our own file
    os.environ.clear()
    os.environ.update(request["environment"])
    sys.path[:0] = request["python_path"]
    sys.stdin = open(os.devnull, encoding="utf-8")  # noqa: PTH123, SIM115 - lives as long as we do
    answer = _answer(request)
    try:
        content = cloudpickle.dumps(answer)
    except Exception:  # noqa: BLE001 - whatever the model's classes raise
        answer["error"] = ["what it has loaded cannot be compared, as it cannot be pickled"]
        answer["value"] = answer["outputs"] = None
        content = cloudpickle.dumps(answer)
    answered.write_bytes(content)
    return 0


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from lineapy_store import Store  # noqa: PLC0415 - imported before
    from pytest_lineapy.checks._predict import predictions  # noqa: PLC0415 - as above
    from pytest_lineapy.checks._results import Skipped, describe  # noqa: PLC0415 - as above

    answer: dict[str, Any] = {"error": None, "outputs": None, "value": None, "modules": {}}
    before = set(sys.modules)
    hidden = request["hidden"] - {name.partition(".")[0] for name in before}
    sys.meta_path[:] = [_Without(finder, hidden) for finder in sys.meta_path]
    try:
        with Store(**request["options"]) as store:
            value = store.get(request["name"], version=request["version"]).get_value()
        if request["inputs"] is not None:
            inputs = pickle.loads(request["inputs"])  # noqa: S301 - our own
            with contextlib.suppress(Skipped):
                answer["outputs"] = predictions(value, inputs)
    except BaseException as error:  # noqa: BLE001 - whatever loading a model raises
        answer["error"] = describe(error)
    else:
        answer["value"] = value
    for root in {name.partition(".")[0] for name in set(sys.modules) - before}:
        answer["modules"][root] = getattr(sys.modules.get(root), "__file__", None)
    return answer


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
    main()
