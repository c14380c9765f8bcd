"""The content layer beside joblib: ``python benchmarks/content.py [--megabytes 512] [--rounds 7]``.

What is compared is done in turns, so that a change of the machine's speed meets both; printed are
medians and their ratio. Files are written below the current temporary folder (``TMPDIR``).
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import numpy as np

from lineapy_store.content import ContentStore, encode

if TYPE_CHECKING:
    from collections.abc import Callable

_KEYS = map(str, itertools.count())

# Reports how much more memory than before is resident at the peak, in KiB.
_MEMORY = """
import re, sys
from pathlib import Path
import numpy as np
from lineapy_store.content import ContentStore, encode

def status(name):
    return int(re.search(name + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

action, folder, argument = sys.argv[1:]
store = ContentStore(folder)
store.publish(store.stage(encode({"x": np.ones(1_000_000)}), key="warm"))
value = {"a": np.full(int(argument) << 17, 1.5)} if action == "save" else None
Path("/proc/self/clear_refs").write_text("5")  # begin a new peak
before = status("VmRSS")
if action == "save":
    store.publish(store.stage(encode(value), key="k"))
else:
    value = store.load(argument)
print(status("VmHWM") - before)
"""


def save(store: ContentStore, value: object) -> str:
    """Save a value and return its digest."""
    staged = store.stage(encode(value), key=next(_KEYS))
    store.publish(staged)
    return staged.digest


def measure(rounds: int, **actions: Callable[[], object]) -> dict[str, list[float]]:
    """Seconds of each action, in turns."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(rounds):
        for name, action in actions.items():
            start = time.perf_counter()
            result = action()
            seconds[name].append(time.perf_counter() - start)
            del result
    return seconds


def report(title: str, seconds: dict[str, list[float]]) -> None:
    """Print medians, and the ratio of the first to the second."""
    medians = [statistics.median(found) for found in seconds.values()]
    print(f"\n{title}")
    for (name, found), median in zip(seconds.items(), medians, strict=True):
        low, high = min(found) * 1e3, max(found) * 1e3
        print(f"  {name:<28}{median * 1e3:10.2f} ms   ({low:.2f} to {high:.2f})")
    if len(medians) > 1:
        print(f"  ratio{medians[0] / medians[1]:33.2f}")


def memory(action: str, folder: Path, argument: str) -> float:
    """Peak memory of an action in a new process, beyond what it had before, in MiB."""
    command = [sys.executable, "-c", _MEMORY, action, str(folder), argument]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - ours
    return int(done.stdout) / 1024


def large(folder: Path, megabytes: int, rounds: int) -> None:
    """A dict with one large array."""
    value = {"a": np.random.default_rng(0).random(megabytes << 17)}
    store = ContentStore(str(folder / "store"))
    file = folder / "joblib"
    digest = save(store, value)

    def save_anew() -> None:
        # Both sides write a new file, and neither waits for one to be removed.
        save(store, value)

    def new_file() -> Path:
        return folder / f"joblib-{next(_KEYS)}"

    seconds: dict[str, list[float]] = {"stage and publish, synced": [], "joblib.dump": []}
    for _ in range(rounds):
        store.delete(digest)
        start = time.perf_counter()
        save_anew()
        seconds["stage and publish, synced"].append(time.perf_counter() - start)
        file = new_file()
        start = time.perf_counter()
        joblib.dump(value, file)
        seconds["joblib.dump"].append(time.perf_counter() - start)
        file.unlink()
    report(f"save {megabytes} MiB", seconds)

    joblib.dump(value, file)
    loads: dict[str, Callable[[], Any]] = {
        "load, verified": lambda: store.load(digest),
        "joblib.load": lambda: joblib.load(file),
    }
    report(f"load {megabytes} MiB", measure(rounds, **loads))
    maps: dict[str, Callable[[], Any]] = {
        'load(mmap_mode="r")': lambda: store.load(digest, mmap_mode="r"),
        'joblib.load(mmap_mode="r")': lambda: joblib.load(file, mmap_mode="r"),
    }
    report(f"map {megabytes} MiB", measure(rounds, **maps))
    report("read every byte", measure(rounds, verify=lambda: store.verify(digest)))
    file.unlink()

    with contextlib.suppress(OSError):
        saving = memory("save", folder / "store", str(megabytes))
        loading = memory("load", folder / "store", digest) - megabytes
        print("\npeak memory beyond the value")
        for name, extra in ("save", saving), ("load", loading):
            print(f"  {name:<28}{extra:10.1f} MiB  ({100 * extra / megabytes:.1f} % of the value)")


def small(folder: Path, rounds: int) -> None:
    """An object of 1 KB."""
    store = ContentStore(str(folder / "small"))
    file = folder / "joblib-small"
    numbers = itertools.count()
    saves: dict[str, Callable[[], Any]] = {
        "stage and publish, synced": lambda: save(store, {"n": next(numbers), "x": b"x" * 1000}),
        "joblib.dump": lambda: joblib.dump({"n": next(numbers), "x": b"x" * 1000}, file),
    }
    report("save 1 KB", measure(rounds, **saves))
    digest = save(store, {"x": b"x" * 1000})
    loads: dict[str, Callable[[], Any]] = {
        "load, verified": lambda: store.load(digest),
        "joblib.load": lambda: joblib.load(file),
    }
    report("load 1 KB", measure(rounds, **loads))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        small(Path(folder), 300)
        large(Path(folder), arguments.megabytes, arguments.rounds)


if __name__ == "__main__":
    main()
