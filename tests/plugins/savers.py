"""Processes that save: forked, warm, from one that has imported all they need, to be killed.

Run as a program, this module is that one: it takes orders, a line of JSON each, and tells what its
children come to. They lie dead, and are not yet waited for, when their end is told: until the next
order they are zombies, as they are to a store when their parent is busy.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import select
import signal
import subprocess
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path
    from typing import Self

    import lineapy_store

# Bytes; several threads write the large one.
_SIZES = {"small": 100, "medium": 60_000, "large": 5 << 20}


def value_of(seed: str) -> Any:
    """Make the value of a seed: ``model-...`` is a model with an MLflow flavor, all else is not."""
    numbers = random.Random(seed)  # noqa: S311 - no secret
    kind = seed.partition("-")[0]
    if kind != "model":
        return {"seed": seed, "bytes": numbers.randbytes(_SIZES[kind])}
    import numpy as np  # noqa: PLC0415 - there is an environment without it
    from sklearn.linear_model import LinearRegression  # noqa: PLC0415 - as above

    model = LinearRegression()
    model.coef_ = np.array([numbers.random() for _ in range(3)])
    model.intercept_ = numbers.random()
    model.n_features_in_ = 3
    model.seed_ = seed
    return model


def seed_of(value: Any) -> str:
    """Return the seed that a value, as it claims, was made of."""
    return str(value["seed"] if isinstance(value, dict) else value.seed_)


class Savers:
    """The process that forks those that save.

    Args:
        folder: For its temporary files.
        store: Arguments for a store like those that it is to be warm for.
        seed: Of a value that is saved there.
    """

    def __init__(self, folder: Path, store: Mapping[str, Any], seed: str) -> None:
        folder.mkdir()
        self._process = subprocess.Popen(  # noqa: S603 - this module
            [sys.executable, __file__, json.dumps(store), seed],
            cwd=folder,
            env=os.environ | {"TMPDIR": str(folder), "PYTHONPATH": os.pathsep.join(sys.path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # MLflow's log; errors are told
        )
        self._unread = b""
        self._children: list[int] = []
        assert self._next() == {"ready": True}

    def start(
        self,
        store: Mapping[str, Any],
        *saves: Sequence[tuple[str, str]],
        die_at: int | None = None,
        counts: bool = False,
    ) -> None:
        """Fork children that save, once there are none.

        Args:
            store: Arguments for ``Store``.
            *saves: For each child, names and the seeds of the values, one after the other.
            die_at: The call or return, of all that it makes, at which the first kills itself.
            counts: Whether they count these, and tell their number as ``events`` instead of the
                ``seconds`` that it took.
        """
        order = {"store": store, "saves": saves, "die_at": die_at, "counts": counts}
        self._order(json.dumps(order))
        told = self._next()
        assert told is not None
        self._children = told["children"]

    def reap(self) -> list[int]:
        """Let the children be waited for, and return their exit statuses."""
        self._order("")
        told = self._next()
        assert told is not None
        statuses: list[int] = told["statuses"]
        return statuses

    def reports(self, *, kill_after: float | None = None) -> Iterator[dict[str, Any]]:
        """Yield what the children tell: ``saved`` for each save, ``ended`` for each that is dead.

        Args:
            kill_after: Seconds after which to kill the first.
        """
        deadline = None if kill_after is None else time.monotonic() + kill_after
        while True:
            told = self._next(deadline)
            if told is None:
                deadline = None
                os.kill(self._children[0], signal.SIGKILL)  # a zombie if it has ended by itself
                continue
            yield told
            if told.get("ended") == len(self._children):
                return

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *exc_info: object) -> None:
        """End the process."""
        with self._process as process:
            process.terminate()

    def _order(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode() + b"\n")
        self._process.stdin.flush()

    def _next(self, deadline: float | None = None) -> dict[str, Any] | None:
        """Return the next thing that is told, or None at the deadline."""
        assert self._process.stdout is not None
        descriptor = self._process.stdout.fileno()
        while b"\n" not in self._unread:
            left = None if deadline is None else max(0.0, deadline - time.monotonic())
            if not select.select([descriptor], [], [], left)[0]:
                return None
            more = os.read(descriptor, 1 << 16)
            assert more, "the process that forks has ended"
            self._unread += more
        line, _, self._unread = self._unread.partition(b"\n")
        told: dict[str, Any] = json.loads(line)
        assert "error" not in told, told["error"]
        return told


def _tell(**told: Any) -> None:
    os.write(1, json.dumps(told).encode() + b"\n")


def _store(**arguments: Any) -> lineapy_store.Store:
    from lineapy_store import Store  # noqa: PLC0415 - the module is a plugin of pytest's, too

    return Store(**arguments)


def _save(order: dict[str, Any], number: int) -> None:
    die_at = order["die_at"] if number == 0 else None
    events = itertools.count(1)

    def profile(*_: object) -> None:
        if next(events) == die_at:
            os.kill(os.getpid(), signal.SIGKILL)

    if order["counts"] or die_at:
        sys.setprofile(profile)
    began = time.monotonic()
    with _store(**order["store"]) as store:
        for name, seed in order["saves"][number]:
            artifact = store.save(value_of(seed), name)
            _tell(saved=[artifact.name, artifact.version, seed])
    seconds = time.monotonic() - began
    _tell(**{"events": next(events)} if order["counts"] else {"seconds": seconds})


def _serve(arguments: dict[str, Any], seed: str) -> None:
    """Take orders until there are no more."""
    # Whatever is imported late, or kept for later, is so now.
    with _store(**arguments) as store:
        store.save(value_of(seed), "warm").get_value()
    _tell(ready=True)
    for line in sys.stdin:
        order = json.loads(line)
        gate = os.pipe()
        children = [_fork(order, number, gate) for number in range(len(order["saves"]))]
        _tell(children=children)
        for end in gate:
            os.close(end)  # and they begin, all at once
        for number, child in enumerate(children, 1):
            os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
            _tell(ended=number)
        sys.stdin.readline()
        _tell(statuses=[os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children])


def _fork(order: dict[str, Any], number: int, gate: tuple[int, int]) -> int:
    if child := os.fork():
        return child
    status = 1
    try:
        os.close(gate[1])
        os.read(gate[0], 1)
        _save(order, number)
        status = 0
    except BaseException:  # noqa: BLE001 - told, and nothing of the parent's is run
        _tell(error=traceback.format_exc())
    finally:
        os._exit(status)


if __name__ == "__main__":
    _serve(json.loads(sys.argv[1]), sys.argv[2])
