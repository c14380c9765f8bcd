"""How long a slice takes, and how that grows with the script: the least of several times."""

from __future__ import annotations

import argparse
import ast
import functools
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "plugins"))

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.cutting import count_statements, slice_of
    from tests.plugins.programs import generate
    from tests.plugins.slices import corpus
else:
    from cutting import count_statements, slice_of
    from programs import generate
    from slices import corpus

_SIZES = (100, 1_000, 5_000, 20_000, 50_000)
_LIMIT = 30
#: Statements, in all rounds of a size.
_ROUNDED = 10_000
_KINDS = ("pandas", "sklearn", "features", "numpy", "class", "loop", "function", "training", "text")


def _corpus_script(statements: int) -> str:
    """Scripts of the corpus one after the other: data science, classes, loops, parsers."""
    sources = [
        script.source
        for script in corpus()
        if script.path.stem.startswith(_KINDS) and "import *" not in script.source
    ]
    return _joined(
        [source.replace("from __future__", "# from __future__") for source in sources], statements
    )


def _program_script(statements: int) -> str:
    """Generated programs one after the other: everything is tied to everything."""
    return _joined(
        [generate(seed, 25) for seed in range(min(statements // 30 + 2, 300))], statements
    )


def _plain_script(statements: int) -> str:
    """What most scripts are: a chain of columns, models and reports, each from a few before."""
    lines = ["import pandas as pd", "df = pd.DataFrame({'a0': [1.0, 2.0]})", "report = []"]
    for n in range(1, statements):
        kind = n % 6
        lines.append(
            (
                f"df['a{n}'] = df['a{n - n % 6}'] * {n}",
                f"x{n} = df['a{n - n % 6}'].mean()",
                f"print('x', x{n - 1})",
                f"report.append(x{n - 2})",
                f"y{n} = [x{n - 3}, len(report)]",
                f"y{n - 1}.append({n})",
            )[kind]
        )
    return "\n".join(lines[:statements]) + "\n"


def _joined(sources: list[str], statements: int) -> str:
    """The sources over and over, until they have so many statements."""
    parts: list[str] = []
    counts = [count_statements(source) for source in sources]
    total = number = 0
    while total < statements:
        parts.append(sources[number % len(sources)])
        total += counts[number % len(sources)]
        number += 1
    return "\n".join(parts)


def _target(source: str) -> str:
    """The last variable that is assigned at the top."""
    names = [
        node.targets[0].id
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    ]
    return names[-1]


def _least(rounds: int, function: Callable[[], Any]) -> tuple[float, Any]:
    """Return the least of several times, in seconds, and what is returned."""
    times, found = [], None
    for _ in range(rounds):
        slice_of("x = 1\n", "x")  # of the last program, something is kept
        started = time.perf_counter()
        found = function()
        times.append(time.perf_counter() - started)
    return min(times), found


def main() -> None:
    """Print times for each size, and how they grow."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=_SIZES, help="in statements")
    options = parser.parse_args()
    for label, writer in (
        ("plain", _plain_script),
        ("corpus", _corpus_script),
        ("programs", _program_script),
    ):
        print(f"{label}: {(writer.__doc__ or '').splitlines()[0]}")
        before = None
        for size in options.sizes:
            source = writer(size)
            rounds = max(1, _ROUNDED // size)
            parsed, _ = _least(rounds, functools.partial(ast.parse, source))
            seconds, text = _least(rounds, functools.partial(slice_of, source, _target(source)))
            statements = count_statements(source)
            growth = ""
            if before:
                grown = statements / before[0]
                growth = f"  {grown:5.1f} x statements: {seconds / before[1]:6.1f} x time"
            print(
                f"  {statements:7,} statements: {seconds * 1e3:9.1f} ms, of which parsing"
                f" {parsed * 1e3:7.1f}; the slice has {count_statements(text):6,}{growth}",
                flush=True,
            )
            before = (statements, seconds)
            if seconds > _LIMIT:
                print("  larger ones would take too long")
                break


if __name__ == "__main__":
    main()
