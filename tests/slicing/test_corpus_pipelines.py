"""Functions made of the corpus' scripts make the values that the scripts make."""

from __future__ import annotations

import ast
import importlib.util
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.programs_as_pipelines import script_of_functions
    from tests.plugins.slices import Script, Slices, corpus
else:
    from programs_as_pipelines import script_of_functions
    from slices import corpus

#: What is not as in the script, and why.
DIFFERENT = {
    "class_dataclass_post_init": "the class needs a list of the session, and so is in a function",
    "default_mutable_list_method": "the class has a default that calls change, and so is, too",
    "module_gc_weak_dictionary": "its slice is wrong, too",
}
#: Scripts that mean something else in functions, which is said.
REFUSED = frozenset(
    script.path.stem
    for script in corpus()
    if any(word in script.source for word in ("eval(", "exec(", "globals()", "locals()", "vars()"))
)


@pytest.mark.parametrize("script", corpus()[::5], ids=lambda script: script.path.stem)
def test_functions_make_the_values_of_the_script(script: Script, slices: Slices) -> None:
    """What functions make is what the script makes, though statements may run in another order."""
    for node in ast.walk(ast.parse(script.source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            if name and importlib.util.find_spec(name.partition(".")[0]) is None:
                pytest.skip(f"the script imports {name}")
    for target, result in slices.check(script.source, script.targets, script_of_functions).items():
        if script.path.stem in REFUSED and result.status == "slicer raised":
            assert "cannot stand in a function" in result.detail
        elif script.path.stem in DIFFERENT:
            assert result.status == "wrong"
        else:
            assert result.status == "correct", f"{target}: {result}"
