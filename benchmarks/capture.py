"""How much longer does a save take because it keeps the source that it was called from?

Scripts of 200 and of 5,000 statements are run, each in a process of its own, and save at their end:
as ever, and with the capture left out. Prints by how much the quickest of some runs differ, for
the first save of a process and for a later one; and the same for a script that is written while it
runs, whose text has to be compiled to see that it is still the one that runs. Goal: 10 ms and
150 ms.

A full pass of Python's garbage collector over all that is imported takes longer than a save, and is
due in whichever save comes when enough has been made before: one is made before each save, so that
only those count that the save itself brings about.

    python benchmarks/capture.py [--runs 5]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SIZES = (200, 5_000)
STATEMENTS = (
    "x{i} = [a * {i} for a in range(3)]",
    "y{i} = dict(key={i}, other='some text {i}')",
    "x{i} = sorted(range({i} % 7), key=lambda a: a % 3)\nx{i}.append({i} * 2)",
    "def f{i}(a, b={i}):\n    c = a + b\n    return [c, a, b]",
    "if f{f}(1)[0] > {i}:\n    z{i} = 1\nelse:\n    z{i} = math.sqrt({i})",
)
END = """
import gc, json, pathlib, sys, time
if sys.argv[3] == "written":
    pathlib.Path(__file__).touch()
import lineapy_store
from lineapy_store.slicing import capture as capturing
import lineapy_store.backends.lineapy
store = lineapy_store.Store(home_dir=sys.argv[1])
if sys.argv[2] == "without":
    nothing = capturing.Capture({"kind": "none", "missing": ""}, {})
    capturing.capture = lambda *arguments: nothing
store.artifact_store()._records
len(store.artifact_store())
times = []
for number in range(4):
    gc.collect()
    start = time.perf_counter()
    store.save(number, "x")
    times.append(time.perf_counter() - start)
print(json.dumps([times[0], min(times[1:])]))
"""


def script(size: int) -> str:
    """Return a program of so many statements, all at its top level."""
    lines = [
        STATEMENTS[number % len(STATEMENTS)].format(i=number, f=number - 1)
        for number in range(size)
    ]
    return "\n".join(["import math", *lines]) + END


def run(path: Path, *arguments: str) -> list[float]:
    """Return the seconds that the first save took, and a later one."""
    done = subprocess.run(  # noqa: S603 - the script above
        [sys.executable, str(path), *arguments],
        env=os.environ,
        stdout=subprocess.PIPE,
        check=True,
    )
    return [float(each) for each in json.loads(done.stdout)]


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as folder:
        paths = {size: Path(folder, f"script_{size}.py") for size in SIZES}
        for size, path in paths.items():
            path.write_text(script(size), encoding="utf-8")
        time.sleep(1)  # a file of that age is older than the process that runs it
        for state in ("older", "written"):
            for size, path in paths.items():
                plain, whole = [], []
                for number in range(runs):
                    home = f"{folder}/home-{state}-{size}-{number}"
                    plain.append(run(path, f"{home}-without", "without", state))
                    whole.append(run(path, home, "with", state))
                # What else the machine does only ever adds.
                least = [
                    [min(each) for each in zip(*times, strict=True)] for times in (whole, plain)
                ]
                first, later = (1e3 * (one - other) for one, other in zip(*least, strict=True))
                goal = 10 if size == SIZES[0] else 150
                print(
                    f"{size:,} statements, {state}: first save {first:+.1f} ms "
                    f"({first / goal:.2f} of the goal), later ones {later:+.1f} ms"
                )


if __name__ == "__main__":
    main()
