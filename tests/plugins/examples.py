"""Example scripts that installed packages ship, in files and in the docstrings of their modules.

Nothing of the packages is imported: their files are read.
"""

from __future__ import annotations

import ast
import doctest
import importlib.util
import random
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What the documentation of these takes as imported.
_PREAMBLES = {
    "networkx": "import networkx as nx\n",
    "numpy": "import numpy as np\n",
    "pandas": "import numpy as np\nimport pandas as pd\n",
    "scipy": "import numpy as np\n",
    "statsmodels": "import numpy as np\nimport statsmodels.api as sm\n",
}
#: The network, other people's files, windows, processes, and what takes minutes.
_LEFT_OUT = ("fetch_", "http", "urlopen", "download", "get_rdataset", "n_jobs", "mlflow.", "input(")
_LEAST, _MOST = 5, 60
PACKAGES = ("networkx", "numpy", "pandas", "scipy", "sklearn", "statsmodels")


@dataclass(frozen=True)
class Example:
    """An example.

    Attributes:
        name: Where it is from.
        source: The script.
        target: One of its variables.
    """

    name: str
    source: str
    target: str


def examples(package: str, count: int, *, seed: int = 0) -> list[Example]:
    """Return some examples of a package, always the same of one version; none if it's not there."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        return []
    folder = Path(spec.submodule_search_locations[0])
    choice = random.Random(seed)  # noqa: S311 - for tests
    found: list[Example] = []
    paths = sorted(
        path for path in folder.rglob("*.py") if "tests" not in path.relative_to(folder).parts
    )
    choice.shuffle(paths)
    for path in paths:
        if len(found) >= count:
            break
        scripts = list(_scripts(path, package))
        choice.shuffle(scripts)
        for name, source in scripts[:2]:
            names = variables(source)
            if names and not any(word in source for word in _LEFT_OUT):
                found.append(
                    Example(f"{path.relative_to(folder)}:{name}", source, choice.choice(names))
                )
    return found[:count]


def of_all_packages(count: int, *, seed: int = 0) -> list[Example]:
    """Return some examples of each package that is installed."""
    return [one for package in PACKAGES for one in examples(package, count, seed=seed)]


def _scripts(path: Path, package: str) -> Iterator[tuple[str, str]]:
    """Yields the examples in a file, by what they are about."""
    try:
        text = path.read_text(encoding="utf-8")
        tree = ast.parse(text)
    except (SyntaxError, UnicodeDecodeError):
        return
    if "example" in path.stem or "examples" in path.parts:
        yield "the file", text
        return
    if ">>>" not in text:
        return
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            continue
        try:
            parts = doctest.DocTestParser().get_examples(ast.get_docstring(node) or "")
        except ValueError:
            continue
        if any(doctest.SKIP in part.options for part in parts):
            continue
        lines = [part.source for part in parts if part.exc_msg is None]
        if _LEAST <= len(lines) <= _MOST:
            name = getattr(node, "name", "the module")
            yield name, _PREAMBLES.get(package, "") + "".join(lines)


def variables(source: str) -> list[str]:
    """Return the names that a script assigns at its top level; none if it is no script."""
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    names = {
        node.id
        for statement in tree.body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }
    return sorted(names - {"_"})
