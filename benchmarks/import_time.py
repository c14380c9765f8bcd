"""What ``import lineapy_store`` costs, beside an interpreter that imports nothing."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

_ROUNDS = 15
_STATEMENTS = ("pass", "import lineapy_store", "import sqlalchemy", "import mlflow")


def _seconds(statement: str) -> float:
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)  # noqa: S603 - ours
    return time.perf_counter() - started


def main() -> None:
    """Print each statement's time in a fresh process, and its ratio to the import of ours."""
    times: dict[str, list[float]] = {statement: [] for statement in _STATEMENTS}
    for number in range(_ROUNDS + 1):
        for statement in _STATEMENTS:
            if "mlflow" in statement and number > 1:
                continue  # takes seconds
            seconds = _seconds(statement)
            if number:  # the first finds the files on a cold disk, and writes the bytecode
                times[statement].append(seconds)

    nothing = statistics.median(times["pass"])
    ours = statistics.median(times["import lineapy_store"]) - nothing
    print(f"interpreter alone: {nothing * 1e3:.0f} ms")
    for statement in _STATEMENTS[1:]:
        cost = statistics.median(times[statement]) - nothing
        print(f"{statement:22} {cost * 1e3:7.1f} ms  {cost / ours:6.1f} x")


if __name__ == "__main__":
    main()
