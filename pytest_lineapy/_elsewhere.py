"""Another process, which saves what it is told, and ends when this one does, however that is."""

from __future__ import annotations

import atexit
import functools
import os
import pickle
import subprocess
import sys
import threading
from typing import IO, TYPE_CHECKING, Any

from lineapy_store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping

_START = "import sys; sys.path[:] = {path!r}; from pytest_lineapy._elsewhere import serve; serve()"


def save(options: Mapping[str, Any], value: object, name: str) -> tuple[int, str]:
    """Saves a value in the other process, with a store that is opened there for it alone.

    Args:
        options: Keywords of ``Store``.
        value: What pickle takes.
        name: What to call it.

    Returns:
        The version and the digest of its content.

    Raises:
        Exception: Whatever saving it raised there.
        RuntimeError: The process has ended.
    """
    return _other_process().save(options, value, name)


class _OtherProcess:
    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process = subprocess.Popen(  # noqa: S603 - the code above
            [sys.executable, "-c", _START.format(path=sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(self._stop)

    def save(self, options: Mapping[str, Any], value: object, name: str) -> tuple[int, str]:
        requests, answers = self._process.stdin, self._process.stdout
        if requests is None or answers is None:
            raise TypeError("the process was started without pipes")
        with self._turn:
            try:
                pickle.dump((dict(options), value, name), requests)
                requests.flush()
                answer: Any = pickle.load(answers)  # noqa: S301 - our own process wrote it
            except (BrokenPipeError, EOFError) as error:
                _other_process.cache_clear()
                raise RuntimeError(
                    f"the process that saves has ended, with {self._process.wait()}"
                ) from error
        if isinstance(answer, BaseException):
            raise answer
        version, digest = answer
        return version, digest

    def _stop(self) -> None:
        self._process.communicate()  # which closes what it reads from


@functools.cache
def _other_process() -> _OtherProcess:
    return _OtherProcess()


def serve() -> None:
    """Saves what standard input asks for until it ends, and answers on standard output."""
    answers: IO[bytes] = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no answer
    while True:
        try:
            options, value, name = pickle.load(sys.stdin.buffer)  # noqa: S301 - from our own process
        except EOFError:
            return
        answer: Any
        try:
            with Store(**options) as store:
                artifact = store.save(value, name)
                answer = artifact.version, artifact.get_metadata().lineapy.digest
        except Exception as error:  # noqa: BLE001 - it is raised over there
            answer = error
        pickle.dump(answer, answers)
        answers.flush()
