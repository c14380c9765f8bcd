"""Functions made of the corpus' scripts make the values that the scripts make."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
import zlib
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.programs_as_pipelines import script_of_functions
    from tests.plugins.slices import Script, Slices, corpus
else:
    from programs_as_pipelines import script_of_functions
    from slices import corpus

_IN_FUNCTION = "it is a function, or has one, that is now in a function, and so has cells"
_LOCK = "it needs a lock, which no function hands over as a value"
#: What is not as in the script: the script, the target, and why.
DIFFERENT = {
    (
        "class_dataclass_post_init",
        "order",
    ): "the class needs a list of the session, and so is in a function",
    (
        "default_mutable_list_method",
        "second",
    ): "the class has a default that calls change, and so is, too",
    ("module_gc_weak_dictionary", "alive"): "its slice is wrong, too",
    ("sklearn_transformers_called_back", "inner"): _IN_FUNCTION,
    ("analysis_argparse", "MODELS"): _IN_FUNCTION,
    ("analysis_argparse", "factory"): _IN_FUNCTION,
    ("analysis_trainer", "trainer"): _IN_FUNCTION,
    ("class_body_comprehension_sees_globals", "holder"): _IN_FUNCTION,
    ("comprehension_hides_global", "double"): _IN_FUNCTION,
    ("comprehension_hides_global_value", "holder"): _IN_FUNCTION,
    ("function_recursion_builds", "leaves"): _IN_FUNCTION,
    ("function_recursion_builds", "root"): _IN_FUNCTION,
    ("inside_function_as_value", "functions"): _IN_FUNCTION,
    ("inside_async_and_threads", "collected"): _LOCK,
    ("inside_async_and_threads", "order"): _LOCK,
    ("with_lock_thread", "counter"): _LOCK,
}
#: Scripts that mean something else in functions, which is said.
REFUSED = frozenset(
    script.path.stem
    for script in corpus()
    if any(word in script.source for word in ("eval(", "exec(", "globals()", "locals()", "vars()"))
) | {"exec_setattr_on_module", "module_star_import_hides"}


_LIBRARIES = frozenset(
    ["matplotlib", "numpy", "pandas", "scipy", "sklearn", "statsmodels", "xgboost"]
)


def _imported(script: Script) -> set[str]:
    """Names of the packages that a script imports, without Python's own."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(script.source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names


# Which ones hangs on their names, and not on how many others there are. Modules that a script
# writes itself are not there when the module of its functions is imported.
_SOME = [
    script
    for script in corpus()
    if not zlib.crc32(script.path.stem.encode()) % 5 and _imported(script) <= _LIBRARIES
]


@pytest.mark.parametrize("script", _SOME, ids=lambda script: script.path.stem)
def test_functions_make_the_values_of_the_script(script: Script, slices: Slices) -> None:
    """What functions make is what the script makes, though statements may run in another order."""
    for name in _imported(script):
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"the script imports {name}")
    for target, result in slices.check(script.source, script.targets, script_of_functions).items():
        if script.path.stem in REFUSED and result.status == "slicer raised":
            assert re.search("cannot (stand in a function|be cut into functions)", result.detail)
        elif (script.path.stem, target) in DIFFERENT:
            assert result.status in ("wrong", "raised")
        else:
            assert result.status == "correct", f"{target}: {result}"
