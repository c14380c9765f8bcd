"""How much longer slices are than they need be: of scripts that are tested, of two kinds or three.

Half of them are scripts written to trip slicers (``corpus``), and half are example scripts that
installed packages ship (``shipped``). Programs that nobody wrote (``generated``) are measured if
they are asked for: what most of their statements do has no effect, as it happens.

The smallest correct slice is found by removing statements one by one, in compound statements too,
while the value stays the same.

Some statements can be removed by luck: ``if total > 0: total = abs(total)``, where it happens to be
positive, or a seed that happens not to matter. So there is a second figure: to the smallest slice
that also makes the right value when a constant of the slice is another, whichever (one more or
one less, the other truth, a longer text), as long as our slice then makes a value at all.

With ``--tracer PYTHON``, an interpreter that has ipyflow and what the scripts import, both are also
given for the variables that ipyflow gets right, which traces programs, and next to its own::

    python -m venv tracer
    tracer/bin/pip install ipyflow networkx pandas scikit-learn statsmodels
    tracer/bin/pip install matplotlib xgboost-cpu seaborn
    python benchmarks/slice_size.py --tracer tracer/bin/python
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import functools
import json
import os
import random
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "plugins"))

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.plugins.cutting import changes, count_statements, shrink, shrunk
    from tests.plugins.examples import of_all_packages, variables
    from tests.plugins.programs import generate
    from tests.plugins.slices import Script, Slices, corpus
else:
    from cutting import changes, count_statements, shrink, shrunk
    from programs import generate
    from slices import Script, Slices, corpus

    from examples import of_all_packages, variables

KINDS = ("corpus", "shipped", "generated")

#: Seconds; without some statement, a loop may have no end.
_LIMIT = 5
#: Seconds, for a script that is traced.
_TRACE_LIMIT = 60


@dataclass(frozen=True)
class Size:
    """Sizes in statements, and what a slice could do without.

    Attributes:
        traced: The size of ipyflow's slice, if that is right.
    """

    kind: str
    name: str
    ours: int
    smallest: int
    without_luck: int
    traced: int | None
    superfluous: str

    @property
    def ratio_without_luck(self) -> float:
        """How many times as long as need be, were the constants others."""
        return self.ours / max(self.without_luck, 1)


def _statements(source: str) -> list[str]:
    """Each statement's first line."""
    lines = (
        ast.unparse(node).partition("\n")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Pass)
    )
    return list(lines)


def _traced(tracer: str, script: Script) -> dict[str, str | None]:
    """Return ipyflow's slices, and say so if there are none."""
    try:
        done = subprocess.run(  # noqa: S603 - our own file
            [tracer, Path(__file__).with_name("traced_slices.py")],
            input=json.dumps({"source": script.source, "names": script.targets}),
            capture_output=True,
            text=True,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            timeout=_TRACE_LIMIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        print(f"ipyflow has not run {script.path.name} in {_TRACE_LIMIT} seconds")
        return {}
    if done.returncode:
        print(f"ipyflow has not run {script.path.name}: {done.stderr[-300:]}")
        return {}
    slices: dict[str, str | None] = json.loads(done.stdout)
    return slices


def _measure(kind_and_script: tuple[str, Script], tracer: str | None) -> list[Size]:
    kind, script = kind_and_script
    sizes = []
    traced = _traced(tracer, script) if tracer else {}
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Slices(Path(folder) / "run", _LIMIT)) as slices,
    ):
        for target, result in slices.check(script.source, script.targets, facts=True).items():
            if result.status != "correct":
                continue

            makes_it = slices.makes(script.source, target)
            if makes_it is None:
                continue
            smallest = shrunk(result.text, makes_it)
            without_luck = _without_luck(slices, result.text, target, makes_it)
            theirs = traced.get(target)
            if theirs is not None and not makes_it(theirs):
                theirs = None
            needed, superfluous = _statements(without_luck), []
            for line in _statements(result.text):
                if line in needed:
                    needed.remove(line)
                else:
                    superfluous.append(line)
            sizes.append(
                Size(
                    kind,
                    f"{script.path.stem} {target}",
                    count_statements(result.text),
                    count_statements(smallest),
                    count_statements(without_luck),
                    None if theirs is None else count_statements(theirs),
                    " | ".join(superfluous),
                )
            )
    return sizes


def _without_luck(slices: Slices, text: str, target: str, makes_it: Callable[[str], bool]) -> str:
    """Return the smallest slice that is right with other constants, too."""
    tree = ast.parse(text)
    others = []
    for change in changes(tree):
        with change.made():
            makes_other = slices.makes(ast.unparse(tree), target)
        if makes_other is not None:
            others.append((change, makes_other))

    def keeps(smaller: ast.Module) -> bool:
        if not makes_it(ast.unparse(smaller)):
            return False
        for change, makes_other in others:
            with change.made():
                if not makes_other(ast.unparse(smaller)):
                    return False
        return True

    shrink(tree, keeps)
    return ast.unparse(tree)


def _scripts(kind: str, count: int, pattern: str, seed: int) -> list[Script]:
    """Return some scripts of a kind."""
    choice = random.Random(seed)  # noqa: S311 - for a benchmark
    if kind == "corpus":
        scripts = corpus(pattern)
        return choice.sample(scripts, min(count, len(scripts)))
    if kind == "shipped":
        found = of_all_packages(count, seed=seed)
        return [
            Script(Path(f"{one.name}.py"), one.source, (one.target,))
            for one in choice.sample(found, min(count, len(found)))
        ]
    programs = {number: generate(number) for number in range(seed * count, (seed + 1) * count)}
    return [
        Script(Path(f"generated_{number}.py"), source, (choice.choice(names),))
        for number, source in programs.items()
        if (names := variables(source))
    ]


def main() -> None:
    """Print the mean ratio, and the worst slices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100, help="how many scripts")
    parser.add_argument("--kind", choices=KINDS, help="only these")
    parser.add_argument("--pattern", default="", help="text in the names of the corpus' scripts")
    parser.add_argument("--targets", type=int, help="how many of each script, at most; else all")
    parser.add_argument("--show", type=int, default=10, help="how many of the longest to print")
    parser.add_argument("--seed", type=int, default=5, help="which scripts")
    parser.add_argument("--tracer", help="an interpreter that has ipyflow")
    options = parser.parse_args()
    kinds = (options.kind,) if options.kind else KINDS[:2]
    chosen = [
        (kind, script)
        for number, kind in enumerate(kinds)
        for script in _scripts(
            kind,
            options.count // len(kinds) + (number < options.count % len(kinds)),
            options.pattern,
            options.seed,
        )
    ]
    if options.targets:
        choice = random.Random(options.seed)  # noqa: S311 - for a benchmark
        for number, (kind, script) in enumerate(chosen):
            count = min(options.targets, len(script.targets))
            some = tuple(choice.sample(script.targets, count))
            chosen[number] = kind, replace(script, targets=some)
    measure = functools.partial(_measure, tracer=options.tracer)
    with ProcessPoolExecutor(2) as pool:
        sizes = [size for found in pool.map(measure, chosen) for size in found]
    print(f"slices of {len(chosen)} scripts:")
    for kind in ("", *kinds[: len(kinds) * (len(kinds) > 1)]):
        of_kind = [size for size in sizes if kind in ("", size.kind)]
        _report(f"{kind or 'all'}, correct", of_kind)
        if options.tracer:
            traced = [size for size in of_kind if size.traced is not None]
            _report(f"{kind or 'all'}, right by ipyflow as well", traced)
    print("the longest next to what is right with other constants, and what they could do without")
    print("(* by ipyflow, they are right, too):")
    for size in sorted(sizes, key=lambda size: -size.ratio_without_luck)[: options.show]:
        mark = " " if size.traced is None else "*"
        print(f" {mark}{size.ratio_without_luck:.2f}  {size.name}: {size.superfluous[:160]}")


def _report(kind: str, sizes: list[Size]) -> None:
    """Print how long slices are on average."""
    print(f"{kind}: {len(sizes)}")
    if not sizes:
        return
    minimal = sum(size.ours == size.smallest for size in sizes)
    print(f"  that cannot be smaller: {minimal}")
    ours = [size.ours for size in sizes]
    smallest = [size.smallest for size in sizes]
    careful = [size.without_luck for size in sizes]
    print(f"  ours to the smallest: {_compared(ours, smallest)}")
    print(f"  to the smallest that is right with other constants, too: {_compared(ours, careful)}")
    traced = [size.traced for size in sizes if size.traced is not None]
    if len(traced) == len(sizes):
        print(f"  ipyflow's to the smallest: {_compared(traced, smallest)}")


def _compared(sizes: list[int], others: list[int]) -> str:
    """Return how many times as large the sizes are, each by itself and all together."""
    each = [size / max(other, 1) for size, other in zip(sizes, others, strict=True)]
    together = sum(sizes) / max(sum(others), 1)
    return f"{sum(each) / len(each):.3f} on average, their mean {together:.3f} times as large"


if __name__ == "__main__":
    main()
