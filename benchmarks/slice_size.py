"""How much longer slices are than they need be, on scripts of the corpus.

The smallest correct slice is found by removing statements one by one, in compound statements too,
while the value stays the same.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import random
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "plugins"))

if TYPE_CHECKING:
    from tests.plugins.cutting import count_statements, shrunk
    from tests.plugins.slices import Script, Slices, corpus
else:
    from cutting import count_statements, shrunk
    from slices import Slices, corpus

_WORST = 10
_SEED = 5


@dataclass(frozen=True)
class Size:
    """Sizes in statements, and what a slice could do without."""

    name: str
    whole: int
    ours: int
    smallest: int
    superfluous: str

    @property
    def ratio(self) -> float:
        """How many times as long as need be."""
        return self.ours / max(self.smallest, 1)


def _statements(source: str) -> list[str]:
    """Each statement's first line."""
    lines = (
        ast.unparse(node).partition("\n")[0]
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and not isinstance(node, ast.Pass)
    )
    return list(lines)


def _measure(script: Script) -> list[Size]:
    sizes = []
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Slices(Path(folder) / "run")) as slices,
    ):
        for target, result in slices.check(script.source, script.targets).items():
            if result.status != "correct":
                continue

            def makes_it(text: str, target: str = target) -> bool:
                return slices.same(script.source, text, target)

            smallest = shrunk(result.text, makes_it)
            needed, superfluous = _statements(smallest), []
            for line in _statements(result.text):
                if line in needed:
                    needed.remove(line)
                else:
                    superfluous.append(line)
            sizes.append(
                Size(
                    f"{script.path.stem} {target}",
                    count_statements(script.source),
                    count_statements(result.text),
                    count_statements(smallest),
                    " | ".join(superfluous),
                )
            )
    return sizes


def main() -> None:
    """Print the mean ratio, and the worst slices."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=100, help="how many scripts")
    parser.add_argument("--pattern", default="", help="text in the names of the scripts")
    options = parser.parse_args()
    scripts = corpus(options.pattern)
    chosen = random.Random(_SEED).sample(scripts, min(options.count, len(scripts)))  # noqa: S311
    with ProcessPoolExecutor(2) as pool:
        sizes = [size for found in pool.map(_measure, chosen) for size in found]
    if not sizes:
        print("no slice is correct")
        return
    whole, ours, smallest = (
        sum(getattr(size, name) for size in sizes) for name in ("whole", "ours", "smallest")
    )
    mean = sum(size.ratio for size in sizes) / len(sizes)
    minimal = sum(size.ours == size.smallest for size in sizes)
    print(f"{len(sizes)} correct slices of {len(chosen)} scripts; {minimal} cannot be smaller")
    print(f"statements: {whole} in the scripts, {ours} in our slices, {smallest} in the smallest")
    print(f"ours to the smallest: {mean:.3f} on average, {ours / smallest:.3f} in total")
    print("the longest, and what they could do without:")
    for size in sorted(sizes, key=lambda size: -size.ratio)[:_WORST]:
        print(f"  {size.ratio:.2f}  {size.name}: {size.superfluous[:160]}")


if __name__ == "__main__":
    main()
