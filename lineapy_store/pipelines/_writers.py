"""The files of a pipeline, for the frameworks that can run it."""

from __future__ import annotations

import ast
import importlib.metadata
import importlib.util
import string
import sys
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

from lineapy_store.configuration import nearest
from lineapy_store.errors import ConfigurationError
from lineapy_store.flavors.requirements import Requirements, imported_requirements
from lineapy_store.pipelines._pipeline import formatted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lineapy_store.pipelines._pipeline import Pipeline

_OURS = "lineapy_store"
#: In the first lines of each file, so that only such files are written over.
WRITTEN = "Written by lineapy_store."

_DOCKERFILE = string.Template("""\
# $written
FROM python:$python-slim
WORKDIR /pipeline
COPY ${name}_requirements.txt .
RUN pip install --no-cache-dir -r ${name}_requirements.txt
COPY $files ./
$local$command
""")

_TEST = string.Template('''\
"""The pipeline's artifacts are those that were saved. $written"""

import lineapy_store
import pytest
$helpers
import ${name}_module

SAVED = {
$saved
}


@pytest.fixture(scope="module")
def made():
    """What the pipeline makes, by the artifacts' names."""
$home$run


@pytest.mark.parametrize("name", SAVED)
def test_artifact(made, name):
    """It has no differences from the version in the store that the options name."""
    saved = lineapy_store.get(name, SAVED[name]).get_value()
$compared''')


_COMPARED = """\
    assert lineapy_store.differences(saved, made[name]) == []
"""

_HELPERS = "from lineapy_store.pipelines import differences_at_home, take_home\n"

# What the session defined was in __main__ when the artifacts were saved.
_COMPARED_HOME = string.Template("""\
    assert differences_at_home(saved, made[name], ${name}_module) == []
""")

_HOME = string.Template("""\
    take_home(${name}_module)
""")

_RUN = string.Template("""\
    return ${name}_module.run_all_sessions()""")

# It reads the arguments of the session, and none of pytest's.
_RUN_ALONE = string.Template("""\
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ${argv})
        return ${name}_module.run_all_sessions()""")


class Writer(ABC):
    """Writes a pipeline for one framework.

    Attributes:
        framework: Its name, as ``to_pipeline`` takes it.
        options: The keys that ``pipeline_dag_config`` may have.
    """

    framework: ClassVar[str]
    options: ClassVar[frozenset[str]] = frozenset()

    def files(
        self, pipeline: Pipeline, options: Mapping[str, object], *, generate_test: bool
    ) -> dict[str, str]:
        """Return the texts of all files by their names.

        Args:
            pipeline: What to write.
            options: What a user says to the framework.
            generate_test: Whether there is a test.

        Raises:
            ConfigurationError: An option that the framework does not have.
        """
        for key in options:
            if key not in self.options:
                known = f"it has: {', '.join(sorted(self.options)) or 'none'}"
                raise ConfigurationError(
                    f"pipeline_dag_config has {key!r}, which {self.framework} does not; {known}"
                )
        name = pipeline.name
        further = self.further(pipeline, options)
        required = _required(pipeline)
        found = {
            f"{name}_module.py": _marked(pipeline.module),
            **further,
            f"{name}_requirements.txt": _requirements_file(required),
            f"{name}_Dockerfile": _DOCKERFILE.substitute(
                written=WRITTEN,
                name=name,
                python=f"{sys.version_info.major}.{sys.version_info.minor}",
                files=" ".join([f"{name}_module.py", *further]),
                local="".join(map(_copied, required.local_modules)),
                command=self.command(pipeline),
            ),
        }
        if generate_test:
            saved = {
                request.artifact.name: request.artifact.version
                for request in pipeline.requests
                if request.is_wanted and request.artifact.name not in pipeline.effects
            }
            found[f"test_{name}.py"] = formatted(
                beside=f"{name}_module.py",
                module=_TEST.substitute(
                    written=WRITTEN,
                    name=name,
                    run=(_RUN_ALONE if pipeline.parses else _RUN).substitute(
                        name=name, argv=[f"{name}_module.py", *pipeline.arguments]
                    ),
                    helpers=_HELPERS if pipeline.defines else "",
                    compared=(
                        _COMPARED_HOME.substitute(name=name) if pipeline.defines else _COMPARED
                    ),
                    home=_HOME.substitute(name=name) if pipeline.defines else "",
                    saved="\n".join(f"    {key!r}: {version}," for key, version in saved.items()),
                ),
            )
        return found

    @abstractmethod
    def further(self, pipeline: Pipeline, options: Mapping[str, object]) -> dict[str, str]:
        """Return the files that only this framework has, beside the module."""

    @abstractmethod
    def command(self, pipeline: Pipeline) -> str:
        """Return the lines of the Dockerfile that say what a container runs."""


class Script(Writer):
    """A module to be run as it is."""

    framework = "SCRIPT"

    def further(self, pipeline: Pipeline, options: Mapping[str, object]) -> dict[str, str]:  # noqa: ARG002 - as others
        """Return nothing: the module is all."""
        return {}

    def command(self, pipeline: Pipeline) -> str:
        """Run the module."""
        return f'CMD ["python", "{pipeline.name}_module.py"]'


WRITERS: dict[str, Writer] = {each.framework: each for each in (Script(),)}


def writer_of(framework: str) -> Writer:
    """Return the writer for a framework, by its name in any case.

    Raises:
        ConfigurationError: There is none.
    """
    found = WRITERS.get(framework.upper()) if isinstance(framework, str) else None
    if found is None:
        near = nearest(framework, [name.lower() for name in WRITERS])
        raise ConfigurationError(
            f"framework is {framework!r}, for which pipelines cannot be written{near}. They can "
            f"for: {', '.join(WRITERS)}"
        )
    return found


def _marked(module: str) -> str:
    """Return a module whose docstring says where it comes from."""
    first, quotes, rest = module.partition('"""\n')
    return f"{first.rstrip()}\n\n{WRITTEN}\n{quotes}{rest}"


def _required(pipeline: Pipeline) -> Requirements:
    """Return what the pipeline's code imports, in the versions that are installed here.

    What artifacts are instances of is needed, too, whoever imports it; and MLflow, if it holds
    what is loaded.
    """
    modules = _imported(ast.parse(pipeline.module))
    for request in pipeline.requests:
        known = request.artifact.get_metadata().lineapy
        if known.name not in pipeline.effects:
            modules.add(known.value_type)
        if request.is_loaded and known.storage_backend == "mlflow":
            modules.add("mlflow")
    found = imported_requirements(modules)
    if _OURS not in found.local_modules:
        return found
    # Installed from a folder, which nobody else has.
    version = importlib.metadata.version("pytest-lineapy")
    return Requirements(
        pinned=sorted([*found.pinned, f"pytest-lineapy=={version}"]),
        local_modules=[module for module in found.local_modules if module != _OURS],
    )


def _requirements_file(required: Requirements) -> str:
    lines = [f"# {WRITTEN}", *required.pinned]
    lines += (
        f"# Not from an index, to be put beside the module: {module}"
        for module in required.local_modules
    )
    return "\n".join([*lines, ""])


def _copied(module: str) -> str:
    """Return the line of a Dockerfile that copies a module of the user's own."""
    found = importlib.util.find_spec(module) if module in sys.modules else None
    is_package = found is not None and found.submodule_search_locations is not None
    return f"COPY {module} ./{module}\n" if is_package else f"COPY {module}.py ./\n"


def _imported(tree: ast.Module) -> set[str]:
    """Return the modules that a module imports, without those that it can do without."""
    found: set[str] = set()
    todo: list[tuple[ast.AST, bool]] = [(tree, False)]
    while todo:
        node, is_tried = todo.pop()
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module or ""]
        found.update(
            name
            for name in names
            if not is_tried or importlib.util.find_spec(name.partition(".")[0]) is not None
        )
        is_try = isinstance(node, ast.Try) and bool(node.handlers)
        todo += [(child, is_tried or is_try) for child in ast.iter_child_nodes(node)]
    return found
