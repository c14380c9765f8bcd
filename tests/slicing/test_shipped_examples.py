"""Slices of the example scripts that installed packages ship."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.examples import PACKAGES, examples
    from tests.plugins.slices import Slices
else:
    from examples import PACKAGES, examples

_EXAMPLES = 12
#: What documentation leaves out, needs a file, or doesn't make the same twice.
_NOT_JUDGED = {"script raised", "not repeatable"}


@pytest.mark.parametrize("package", PACKAGES)
def test_slices_of_shipped_examples(package: str, slices: Slices) -> None:
    """The slice of a variable of each example that runs makes the variable's value."""
    if importlib.util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")

    found = examples(package, _EXAMPLES)
    assert len(found) == _EXAMPLES
    results = {
        example.name: slices.check(example.source, [example.target])[example.target]
        for example in found
    }

    judged = {name: each for name, each in results.items() if each.status not in _NOT_JUDGED}
    for name, result in judged.items():
        assert result.status == "correct", f"{name}: {result}"
    assert len(judged) >= len(found) / 3
