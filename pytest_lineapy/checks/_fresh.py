"""A new interpreter that has only the store: loads a model and says what it predicts.

``pytest_lineapy.checks._subject`` starts it, in an empty folder::

    python -m pytest_lineapy.checks._fresh REQUEST ANSWER

REQUEST is a pickled dict, ANSWER is the file that another one is written to.
"""

from __future__ import annotations

import importlib
import pickle
import sys
import warnings
from pathlib import Path
from typing import Any


def main() -> None:
    """Answer the request."""
    import cloudpickle  # noqa: PLC0415 - this process does nothing else

    request = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - our own file
    answer = _answer(request)
    Path(sys.argv[2]).write_bytes(cloudpickle.dumps(answer))


class _Without:
    """An import finder that finds what another one does, except for some packages.

    Args:
        finder: The other one.
        roots: Top-level modules that look as if they were not installed.
    """

    def __init__(self, finder: Any, roots: frozenset[str]) -> None:
        self._finder = finder
        self._roots = roots

    def find_spec(self, name: str, *arguments: Any) -> Any:
        """Find a module, unless it is hidden."""
        hidden = name.partition(".")[0] in self._roots
        return None if hidden else self._finder.find_spec(name, *arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._finder, name)


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    from lineapy_store import Store  # noqa: PLC0415 - as above
    from pytest_lineapy.checks._predict import predictions  # noqa: PLC0415 - as above
    from pytest_lineapy.checks._results import Skipped, describe  # noqa: PLC0415 - as above

    warnings.simplefilter("ignore")
    for module in request["modules"]:  # what the store itself needs is no part of the model
        importlib.import_module(module)
    answer: dict[str, Any] = {"error": None, "outputs": None, "value": None, "modules": {}}
    before = set(sys.modules)
    hidden = request["hidden"] - {name.partition(".")[0] for name in before}
    sys.meta_path[:] = [_Without(finder, hidden) for finder in sys.meta_path]
    try:
        with Store(**request["options"]) as store:
            value = store.get(request["name"], version=request["version"]).get_value()
        if request["inputs"] is not None:
            inputs = pickle.loads(request["inputs"])  # noqa: S301 - our own
            try:
                answer["outputs"] = predictions(value, inputs)
            except Skipped:
                answer["outputs"] = {}
    except BaseException as error:  # noqa: BLE001 - whatever loading a model raises
        answer["error"] = describe(error)
    else:
        answer["value"] = value
    roots = {name.partition(".")[0] for name in set(sys.modules) - before}
    for root in roots:
        module = sys.modules.get(root)
        answer["modules"][root] = getattr(module, "__file__", None)
    return answer


if __name__ == "__main__":
    main()
