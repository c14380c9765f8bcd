"""The code that made a model, and what it makes when it is run again.

A model that a function trains was made by a program that imports the function and calls it::

    from churn.train import train_churn
    model, inputs = train_churn()

A model that was given to ``lineapy_roundtrip`` or ``check_roundtrip`` was made by the statements
before that call, which are sliced as those before a save are.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import functools
import json
import operator
import os
import pickle
import sys
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

from lineapy_store import SliceError
from lineapy_store.comparison import differences
from lineapy_store.folders import TemporaryFolder
from lineapy_store.slicing import _capture_session, _code, _slice, slice_source
from lineapy_store.slicing._verify import copy_folder, started_with
from pytest_lineapy.checks._interpreter import RUNS_CODE, environment, interpreter
from pytest_lineapy.checks._results import Failed, Skipped, failing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import ModuleType

    from lineapy_store import Artifact
    from lineapy_store.comparison import Difference
    from pytest_lineapy.checks._case import ModelCase, Trained
    from pytest_lineapy.checks._places import Place


@dataclasses.dataclass(frozen=True)
class Code:
    """What made a model.

    Attributes:
        text: A program.
        name: The variable that has the model at its end.
        module: The name of the module that it runs as.
        file: Of that module.
    """

    text: str
    name: str = "model"
    module: str = "__main__"
    file: str = ""


@dataclasses.dataclass(frozen=True)
class Made:
    """A model, and where it was made.

    Attributes:
        model: The model.
        folder: The working directory, which may be gone.
    """

    model: Any
    folder: str = dataclasses.field(default_factory=os.getcwd)

    def differences(self, other: Made, *, rtol: float, atol: float) -> list[Difference]:
        """Return what is different in another model, beyond the name of the working directory."""
        found = differences(self.model, other.model, rtol=rtol, atol=atol)
        return [each for each in found if not self._is_of_the_folders(each, other)]

    def _is_of_the_folders(self, each: Difference, other: Made) -> bool:
        if type(each.left) is not type(each.right) or not isinstance(each.left, (str, PurePath)):
            return False
        left = str(each.left).replace(self.folder, "")
        return left == str(each.right).replace(other.folder, "")


def of_function(case: ModelCase, trained: Trained) -> Code:
    """Return the program that imports the function that trains a model, and calls it.

    Raises:
        Skipped: A new interpreter cannot import it, or its arguments cannot be written.
    """
    function, arguments = _called(case.model)
    module, path = _place_of(function)
    made = "model, inputs" if trained.is_pair else "model"
    program = (
        f"from {module} import {path.partition('.')[0]}\n"
        f"{made} = {path}({arguments})\n"
        "lineapy.save(model, 'model')\n"
    )
    return Code(slice_source(program, call=(3, 3, "model")))


def of_artifact(artifact: Artifact) -> Code:
    """Return the statements that made what has been saved.

    Raises:
        Skipped: They are not to be had; the message says why.
    """
    try:
        document, texts = artifact._store._captured(artifact._record)  # noqa: SLF001 - get_code tells the text alone
        session = _capture_session.session_of(document, texts)
        found = _code.code_of(session, artifact.name, _slice.Style())
    except SliceError as error:
        raise Skipped(f"its code is not to be had: {error}") from None
    known = json.loads(document)
    return Code(found.text, found.name, str(known["module"]), str(known["filename"]))


def run(code: Code, place: Place, seconds: float) -> Made:
    """Run a program in a new interpreter and a copy of the working directory.

    It has the environment from before any test, without what leads to stores and to MLflow, and
    may import from where this process does.

    Raises:
        Failed: It raises, or takes longer than it may.
        Skipped: It reads from a store, or the working directory is too large to be copied.
    """
    with TemporaryFolder() as temporary:
        folder = temporary.resolve() / Path.cwd().name
        try:
            copy_folder(Path.cwd(), folder, "the model")
        except SliceError as error:
            raise Skipped(str(error)) from None
        base = started_with() if place.environment is None else place.environment
        answer = interpreter().ask(
            {
                "code": dataclasses.asdict(code),
                "folder": str(folder),
                "file": _in_copy(folder, code.file) if code.file else str(folder / "code.py"),
                "seconds": seconds,
                "python_path": list(_python_path(folder)),
                "environment": {
                    **environment(base=base),
                    "LINEAPY_HOME_DIR": str(folder.parent / "lineapy"),
                    RUNS_CODE: "1",
                },
            }
        )
    if answer.error is not None:
        lines = [line.replace(str(folder), str(Path.cwd())) for line in answer.error]
        if "lineapy_store.errors.ArtifactNotFoundError" in lines[0]:
            raise Skipped(
                f"its code reads a store, which a new interpreter is not given: {lines[0]}"
            )
        raise Failed("its code cannot be run in a new interpreter", lines, code=code.text)
    with failing("what its code makes in a new interpreter does not come back"):
        return Made(pickle.loads(answer.value or b""), str(folder))  # noqa: S301 - what the user's own code has just made


def _called(function: Callable[[], Any]) -> tuple[Any, str]:
    """Return the function that is called, and its arguments as they are written."""
    positional: list[Any] = []
    keywords: dict[str, Any] = {}
    while isinstance(function, functools.partial):
        positional = [*function.args, *positional]
        keywords = {**function.keywords, **keywords}
        function = function.func
    written = [_written(function, value) for value in positional]
    written += (f"{name}={_written(function, value)}" for name, value in keywords.items())
    return function, ", ".join(written)


def _written(function: Any, value: Any) -> str:
    text = repr(value)
    with contextlib.suppress(Exception):  # whatever a class says of itself
        if repr(ast.literal_eval(text)) == text:
            return text
    raise Skipped(
        f"{_name_of(function)}() is called with a {type(value).__qualname__}, which cannot be "
        "written as code: give a function that makes it itself"
    )


def _place_of(function: Any) -> tuple[str, str]:
    """Return the module of a function, and what leads to it there.

    Raises:
        Skipped: It is not there, or not for a new interpreter.
    """
    name, module = _name_of(function), sys.modules.get(str(getattr(function, "__module__", "")))
    if module is None or module.__name__ == "__main__":
        raise Skipped(
            f"{name}() is in {module.__name__ if module else 'no module'}, which nobody else can "
            "import: put it into a module"
        )
    path = _path_in(module, function)
    if path is None:
        raise Skipped(
            f"{name}() cannot be imported from {module.__name__}: give a function that is defined "
            "at the top level of a module"
        )
    if not _is_found(module):
        raise Skipped(
            f"{name}() is in {module.__name__}, which a new interpreter cannot import: put it into "
            "a module in a folder of pytest's option 'pythonpath'"
        )
    return module.__name__, path


def _path_in(module: ModuleType, function: Any) -> str | None:
    with contextlib.suppress(AttributeError):
        if operator.attrgetter(function.__qualname__)(module) == function:
            return str(function.__qualname__)
    return next((name for name, value in vars(module).items() if value is function), None)


def _is_found(module: ModuleType) -> bool:
    """Return whether the module is what an import by its name would find, were it not there."""
    path, name, spec = None, "", None
    for part in module.__name__.split("."):
        name = f"{name}.{part}" if name else part
        finders = (each for each in sys.meta_path if hasattr(each, "find_spec"))
        spec = next((spec for each in finders if (spec := each.find_spec(name, path))), None)
        if spec is None:
            return False
        path = spec.submodule_search_locations
    file = getattr(module, "__file__", None)
    if file is None or spec is None or not spec.has_location:
        return True
    return Path(str(spec.origin)).resolve() == Path(file).resolve()


def _name_of(function: Any) -> str:
    return str(getattr(function, "__name__", type(function).__name__))


def _python_path(copy: Path) -> Iterator[str]:
    """Return where this process imports from, in the copy as far as that has it."""
    yield str(copy)
    yield from (_in_copy(copy, folder) for folder in sys.path)


def _in_copy(copy: Path, name: str) -> str:
    """Return a path in the copy of the working directory, if that has it; else the path itself."""
    path = Path(name).absolute()
    if not path.is_relative_to(Path.cwd()):
        return str(path)
    copied = copy / path.relative_to(Path.cwd())
    return str(copied if copied.exists() else path)
