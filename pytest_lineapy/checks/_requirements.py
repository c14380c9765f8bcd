"""What is installed here beyond a model's requirements."""

from __future__ import annotations

import re
import sys
import sysconfig
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def logged_requirements(uri: str) -> set[str]:
    """Return the names of all distributions that the requirements of a logged model install.

    Args:
        uri: Of the model, in the MLflow that is pointed at.
    """
    import mlflow.pyfunc  # noqa: PLC0415 - where MLflow holds a model, it is installed

    path = mlflow.pyfunc.get_model_dependencies(uri)
    return _closure(Path(path).read_text(encoding="utf-8").splitlines())


def modules_without(covered: set[str]) -> frozenset[str]:
    """Return the top-level modules that are installed here, and by none of these distributions."""
    return frozenset(
        module
        for module, names in metadata.packages_distributions().items()
        if not covered & {_normal(name) for name in names}
    )


def left_out(modules: Mapping[str, str | None], covered: set[str]) -> Iterator[tuple[str, str]]:
    """Tell the modules that no requirement installs, with where they are from.

    Args:
        modules: Top-level modules with their files.
        covered: Names of distributions.
    """
    providers = metadata.packages_distributions()
    for module, file in sorted(modules.items()):
        if file is None or module in sys.stdlib_module_names or module == "lineapy_store":
            continue
        names = {_normal(name) for name in providers.get(_package(module, file), ())}
        if not names & covered:
            yield module, f"of {' or '.join(sorted(names)) or 'no installed package'}, {file}"


def _package(module: str, file: str) -> str:
    """Return the top-level package that a module's file is in, whatever the module is called.

    Compiled modules within a package, such as SciPy's ``_ni_label``, know only their own name.
    """
    for folder in (sysconfig.get_path("purelib"), sysconfig.get_path("platlib")):
        if Path(file).is_relative_to(folder):
            first = Path(file).relative_to(folder).parts[0]
            return module if first == Path(file).name else first
    return module


def _closure(lines: Iterable[str]) -> set[str]:
    """Return the normal names of all that is installed with these requirements."""
    todo, found = list(lines), set[str]()
    while todo:
        try:
            requirement = Requirement(todo.pop().partition(" #")[0].strip())
        except InvalidRequirement:
            continue  # an empty line, an option of pip's, a path
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        name = _normal(requirement.name)
        if name in found:
            continue
        found.add(name)
        try:
            todo += metadata.requires(name) or ()
        except metadata.PackageNotFoundError:
            continue
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
