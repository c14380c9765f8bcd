"""Slices of a corpus of scripts make the value that the whole script makes."""

from __future__ import annotations

import ast
import importlib.util
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.slices import Script, Slices, corpus
else:
    from slices import corpus

#: Slices that are wrong, and cannot be right: the script, the target, and why.
WRONG: dict[tuple[str, str], str] = {
    ("module_gc_weak_dictionary", "alive"): "del of a name ends an object that is held weakly",
}

_LIBRARIES = (
    "matplotlib",
    "networkx",
    "numpy",
    "pandas",
    "pydantic",
    "scipy",
    "sklearn",
    "statsmodels",
    "xgboost",
)


def _imports(source: str) -> set[str]:
    """Names of the packages that a script imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names}


@pytest.mark.parametrize("script", corpus(), ids=lambda script: script.path.stem)
def test_a_slice_makes_the_value_of_its_script(script: Script, slices: Slices) -> None:
    """Each slice makes its target's value; every other script has facts on its live variables."""
    for library in _LIBRARIES:
        if library in _imports(script.source) and importlib.util.find_spec(library) is None:
            pytest.skip(f"the script imports {library}")

    has_facts = len(script.source) % 2 == 0

    results = slices.check(script.source, script.targets, facts=has_facts)

    for target, result in results.items():
        expected = "wrong" if (script.path.stem, target) in WRONG else "correct"
        assert result.status == expected, f"{target}: {result}"


def test_the_table_of_wrong_slices_names_scripts_of_the_corpus() -> None:
    """What is listed as wrong is in the corpus."""
    targets = {(script.path.stem, target) for script in corpus() for target in script.targets}

    assert set(WRONG) <= targets
