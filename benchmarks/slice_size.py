"""How much longer slices are than they need be, on scripts of the corpus.

The smallest correct slice is found by removing statements one by one, in compound statements too,
while the value stays the same.

Some statements can be removed by luck: ``if total > 0: total = abs(total)``, where it happens to be
positive, or a seed that happens not to matter. So there is a second figure: to the smallest slice
that also makes the right value when a constant of the slice is another, whichever (one more or
one less, the other truth, a longer text), as long as our slice then makes a value at all.
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
    from collections.abc import Callable

    from tests.plugins.cutting import changes, count_statements, shrink, shrunk
    from tests.plugins.slices import Script, Slices, corpus
else:
    from cutting import changes, count_statements, shrink, shrunk
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
    without_luck: int
    superfluous: str

    @property
    def ratio(self) -> float:
        """How many times as long as need be."""
        return self.ours / max(self.smallest, 1)

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


def _measure(script: Script) -> list[Size]:
    sizes = []
    with (
        tempfile.TemporaryDirectory() as folder,
        contextlib.closing(Slices(Path(folder) / "run")) as slices,
    ):
        for target, result in slices.check(script.source, script.targets).items():
            if result.status != "correct":
                continue

            makes_it = slices.makes(script.source, target)
            if makes_it is None:
                continue
            smallest = shrunk(result.text, makes_it)
            without_luck = _without_luck(slices, result.text, target, makes_it)
            needed, superfluous = _statements(without_luck), []
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
                    count_statements(without_luck),
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
    names = ("whole", "ours", "smallest", "without_luck")
    whole, ours, smallest, without_luck = (
        sum(getattr(size, name) for size in sizes) for name in names
    )
    mean = sum(size.ratio for size in sizes) / len(sizes)
    steady = sum(size.ratio_without_luck for size in sizes) / len(sizes)
    minimal = sum(size.ours == size.smallest for size in sizes)
    print(f"{len(sizes)} correct slices of {len(chosen)} scripts; {minimal} cannot be smaller")
    print(f"statements: {whole} in the scripts, {ours} in our slices, {smallest} in the smallest")
    print(f"ours to the smallest: {mean:.3f} on average, {ours / smallest:.3f} in total")
    print(
        f"ours to the smallest that is right with other constants, too, in which are "
        f"{without_luck}: {steady:.3f} on average, {ours / without_luck:.3f} in total"
    )
    print("the longest by that, and what they could do without:")
    for size in sorted(sizes, key=lambda size: -size.ratio_without_luck)[:_WORST]:
        print(f"  {size.ratio_without_luck:.2f}  {size.name}: {size.superfluous[:160]}")


if __name__ == "__main__":
    main()
