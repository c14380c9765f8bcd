"""From artifacts to one module that makes them."""

from __future__ import annotations

import ast
import itertools
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store.configuration import nearest
from lineapy_store.errors import ConfigurationError, SliceError
from lineapy_store.folders import TemporaryFolder
from lineapy_store.pipelines._layout import Layout, lay_out
from lineapy_store.pipelines._module import Names, SessionFunctions, functions_of, listed
from lineapy_store.pipelines._sessions import ordered, programs_of, requests_of
from lineapy_store.pipelines._units import BUILTINS
from lineapy_store.slicing._arguments import reads_arguments
from lineapy_store.slicing._program import SCOPES, names_in_block, parse
from lineapy_store.slicing._saves import identifier, saving_calls

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lineapy_store.pipelines._sessions import Program, Request
    from lineapy_store.pipelines._units import Unit
    from lineapy_store.store import Store

_RUN_ALL = "run_all_sessions"
_COPY = "import copy\n"
_PARSES = "It reads the arguments of the command that runs it, which are in sys.argv."
_MUTABLE = (ast.List, ast.Dict, ast.Set)


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """Artifacts as a module.

    Attributes:
        module: Its text.
        name: The pipeline's.
        requests: The artifacts, those that are only loaded for others included.
        sessions: Its functions, for frameworks that call them one by one.
        effects: Names of artifacts that are side effects, and so have no value.
        defines: Whether it has functions or classes of the sessions.
        parses: Whether it may read the arguments of the command that runs it.
        arguments: Those that a session was given.
    """

    module: str
    name: str
    requests: list[Request]
    sessions: list[SessionFunctions]
    effects: frozenset[str]
    defines: bool
    parses: bool
    arguments: list[str]


def pipeline_of(  # noqa: PLR0913 - what a user may say of a pipeline
    store: Store,
    artifacts: Sequence[Any],
    *,
    name: str | None = None,
    dependencies: Mapping[str, Any] | None = None,
    input_parameters: Sequence[str] = (),
    reuse_pre_computed_artifacts: Sequence[Any] = (),
    include_non_slice_as_comment: bool = False,
) -> Pipeline:
    """Return the module that makes artifacts; see ``Store.to_pipeline``.

    Args:
        store: Where they are.
        artifacts: See there, as all that follows.
        name: Its name; made of the artifacts' names unless given.
        dependencies: What has to be made before what.
        input_parameters: Variables that become parameters.
        reuse_pre_computed_artifacts: What is read from the store instead.
        include_non_slice_as_comment: Whether statements that nothing needs are comments.
    """
    requests = requests_of(store, artifacts, reuse_pre_computed_artifacts)
    wanted = [request.artifact.name for request in requests if request.is_wanted]
    if name is None:
        name = identifier("_".join(wanted))
    elif name != identifier(name) or not name.isascii():
        raise ConfigurationError(
            f"pipeline_name is {name!r}, which cannot be part of a module's name; "
            f"{identifier(name)!r} can"
        )
    input_parameters = input_parameters or ()
    if isinstance(input_parameters, str):
        input_parameters = [input_parameters]
    programs = ordered(programs_of(store, requests), dependencies or {})
    layouts: list[Layout] = []
    top: dict[str, str] = {}
    for program in programs:
        layout = lay_out(
            program.source,
            program.targets,
            program.facts,
            parameters=input_parameters,
            inputs=program.inputs,
            taken=top,
            dropped_as_comment=include_non_slice_as_comment,
        )
        layouts.append(layout)
        top |= {bound: unit.text for unit in layout.module for bound in unit.names.bound}
    _require_parameters(layouts, programs, input_parameters)
    _require_handed_over(programs, layouts)
    _require_whole_names(layouts)
    names = Names(taken={_RUN_ALL, *(name for layout in layouts for name in names_of(layout))})
    sessions = [functions_of(layout, names) for layout in layouts]
    _require_own_names(layouts, sessions)
    units = [unit for layout in layouts for unit in units_in(layout)]
    parses = any(reads_arguments(node) for unit in units for node in unit.nodes)
    given = next((program.arguments for program in programs if program.arguments), [])
    return Pipeline(
        module=formatted(
            module_text(
                sessions,
                input_parameters,
                names,
                wanted,
                {variable: of for program in programs for variable, of in program.inputs.items()},
                note=_PARSES if parses else "",
            )
        ),
        name=name,
        requests=requests,
        sessions=sessions,
        effects=frozenset(
            target.name for program in programs for target in program.targets if target.is_effect
        ),
        defines=any(isinstance(node, SCOPES) for unit in units for node in unit.nodes),
        parses=parses,
        arguments=[*given],
    )


def units_in(layout: Layout) -> list[Unit]:
    """Return all statements of a session."""
    units = [*layout.module, *layout.parameters.values()]
    return units + [unit for block in layout.blocks for unit in block.units]


def names_of(layout: Layout) -> set[str]:
    """Return all names that a session uses."""
    return {name for unit in units_in(layout) for name in unit.names.bound | unit.names.read}


def _require_parameters(
    layouts: Sequence[Layout], programs: Sequence[Program], parameters: Sequence[str]
) -> None:
    """Refuse parameters that no session has, or that several have.

    Raises:
        SliceError: There is one.
    """
    if twice := {name for name in parameters if list(parameters).count(name) > 1}:
        raise SliceError(f"input_parameters has {min(twice)!r} twice")
    for name in parameters:
        homes = [layout for layout in layouts if name in layout.parameters]
        own = {
            program.session
            for program, layout in zip(programs, layouts, strict=True)
            if layout in homes
        }
        if len(own) > 1:
            places = "; ".join(layout.parameters[name].text.strip() for layout in homes)
            raise SliceError(
                f"{name!r} cannot be a parameter: {len(own)} sessions give it a value: {places}. "
                "Rename one of them, or make a pipeline of each session."
            )
        if not homes:
            choices = sorted({one for layout in layouts for one in layout.literals})
            known = f" These can be: {', '.join(choices)}." if choices else ""
            if any(name in names_in_block([parse(each.source)]).bound for each in programs):
                raise SliceError(
                    f"{name!r} cannot be a parameter: nothing that makes the artifacts needs it, "
                    f"though their session has it.{known}"
                )
            near = nearest(name, choices) or "."
            raise SliceError(
                f"{name!r} cannot be a parameter: the code that makes the artifacts does not give "
                f"it a value{near}{known}"
            )


def _require_whole_names(layouts: Sequence[Layout]) -> None:
    """Refuse imports from a package whose name nobody knows.

    Raises:
        SliceError: There is one.
    """
    for node in (node for layout in layouts for unit in units_in(layout) for node in unit.nodes):
        if isinstance(node, ast.ImportFrom) and node.level:
            raise SliceError(
                f"The module would be in no package, and so cannot have {ast.unparse(node)!r}, and "
                "what the package is called is not known. Write its whole name there."
            )


def _require_own_names(layouts: Sequence[Layout], sessions: Sequence[SessionFunctions]) -> None:
    """Refuse variables of the module that have two meanings there.

    Raises:
        SliceError: There is one.
    """
    tops = [{name for unit in layout.module for name in unit.names.bound} for layout in layouts]
    for own, session in zip(tops, sessions, strict=True):
        if _RUN_ALL in own | session.shared:
            raise SliceError(
                f"The session of {listed(session.wanted)} has a {_RUN_ALL!r} of its own, as the "
                "function is called that makes all artifacts. Rename it."
            )
        for top in tops:
            for name in sorted(session.shared & (top - own)):
                raise SliceError(
                    f"Functions of the session of {listed(session.wanted)} set the global variable "
                    f"{name!r}, and another session defines something of that name. Rename one of "
                    "them, or make a pipeline of each session."
                )


def _require_handed_over(programs: Sequence[Program], layouts: Sequence[Layout]) -> None:
    """Refuse parameters that what is made of an artifact does not see, since it is read elsewhere.

    Raises:
        SliceError: There is one.
    """
    varying: set[str] = set()
    for program, layout in zip(programs, layouts, strict=True):
        if layout.parameters or varying & {program.inputs[name] for name in layout.inputs}:
            varying.update(target.name for target in program.targets)
    for program in programs:
        for name in sorted(program.stored & varying):
            shown = listed([target.name for target in program.targets])
            raise SliceError(
                f"{name!r} depends on a parameter, and the session of {shown} reads it from the "
                "store, in a way that cannot be replaced by what the pipeline makes. Read it as "
                f"lineapy.get({name!r}).get_value() there."
            )


def module_text(  # noqa: PLR0913 - what there is to say of one
    sessions: Sequence[SessionFunctions],
    parameters: Sequence[str],
    names: Names,
    wanted: Sequence[str],
    inputs: Mapping[str, str],
    *,
    note: str = "",
) -> str:
    """Return the text of a module.

    Args:
        sessions: Its functions, in the order in which they run.
        parameters: The parameters of ``run_all_sessions``, in this order.
        names: Those that it has already.
        wanted: Names of the artifacts that it makes.
        inputs: For variables that sessions are given, the artifacts that they are.
        note: What else its docstring says.
    """
    defaults = {name: each.parameters[name] for each in sessions for name in each.parameters}
    copies = any(each.inputs or each.copied & set(each.wanted) for each in sessions) or any(
        isinstance(value, _MUTABLE) for value in defaults.values()
    )
    tops = list(dict.fromkeys(text for each in sessions for text in each.top))
    leading = {text for each in sessions for text in itertools.takewhile(_is_import, each.top)}
    copy = "copy"
    if copies and _COPY not in tops:
        copy = names.fresh("copy")
        tops.append(_COPY if copy == "copy" else f"import copy as {copy}\n")
        leading.add(tops[-1])
    future = [text for text in tops if _is_future(text)]
    # Others are where they were in their session, after what they depend on.
    imports = [text for text in tops if text not in future and text in leading]
    rest = [text for text in tops if text not in future and text not in imports]
    is_plain = all(name.isprintable() and '"' not in name and "\\" not in name for name in wanted)
    shown = f"the artifact{'s' * (len(wanted) > 1)} {listed(wanted)}" if is_plain else "artifacts"
    lines = [
        f'"""Makes {shown}.\n\n{note}\n"""\n' if note else f'"""Makes {shown}."""\n',
        "\n",
        *future,
        "\n",
        *imports,
        "\n\n",
    ]
    lines += (f"{text}\n\n" for text in rest)
    results = names.fresh("artifacts")
    for each in sessions:
        lines += (f"{function.text}\n\n" for function in each.functions)
        lines += [_run_session(each, results, copy), "\n\n"]
    given = {name: defaults[name] for name in parameters}
    lines.append(f"def {_RUN_ALL}({_signature(given)}):\n")
    lines.append('    """Return all artifacts by their names."""\n')
    lines.append(f"    {results} = {{}}\n")
    for each in sessions:
        arguments = [f"{copy}.deepcopy({results}[{inputs[name]!r}])" for name in each.inputs]
        arguments += [f"{name}={name}" for name in each.parameters]
        lines.append(f"    {results}.update({each.name}({', '.join(arguments)}))\n")
    lines.append(f"    return {results}\n\n\n")
    lines.append(f'if __name__ == "__main__":\n    print({_RUN_ALL}())\n')
    return "".join(lines)


def _is_future(text: str) -> bool:
    return any(
        isinstance(one, ast.ImportFrom) and one.module == "__future__"
        for one in ast.parse(text).body
    )


def _is_import(text: str) -> bool:
    return all(isinstance(one, (ast.Import, ast.ImportFrom)) for one in ast.parse(text).body)


def _signature(parameters: Mapping[str, ast.expr]) -> str:
    return ", ".join(f"{name}={ast.unparse(value)}" for name, value in parameters.items())


def _run_session(session: SessionFunctions, results: str, copy: str) -> str:
    signature = ", ".join(filter(None, [*session.inputs, _signature(session.parameters)]))
    lines = [f"def {session.name}({signature}):\n"]
    lines.append('    """Return the artifacts of one session by their names."""\n')
    for name, default in session.parameters.items():
        if isinstance(default, _MUTABLE):
            # The default is one object for all calls.
            lines.append(f"    {name} = {copy}.deepcopy({name})\n")
    lines.append(f"    {results} = {{}}\n")
    for function in session.functions:
        call = f"{function.name}({', '.join(function.parameters)})"
        given = f"{', '.join(function.returns)} = {call}" if function.returns else call
        lines.append(f"    {given}\n")
        if function.artifact in session.wanted and function.makes_value:
            value = function.returns[-1]
            if function.artifact in session.copied:
                value = f"{copy}.deepcopy({value})"
            lines.append(f"    {results}[{function.artifact!r}] = {value}\n")
    lines.append(f"    return {results}\n")
    return "".join(lines)


def formatted(module: str, *, beside: str = "") -> str:
    """Return a module as ruff formats it, with what its default rules do not allow marked so.

    Statements of users are theirs: what ruff has to say of one is a ``noqa`` on its line, but for
    names that would not be found when it runs.

    Args:
        module: Its text.
        beside: A file that will be beside it, which it may import.

    Raises:
        SliceError: It is not Python, reads a name that it does not have, or saves.
    """
    try:
        compile(module, "<pipeline>", "exec", dont_inherit=True)
    except SyntaxError as error:
        raise SliceError(
            f"The code cannot stand in functions: {error.msg}: {(error.text or '').strip()!r}."
        ) from None
    for call in saving_calls(parse(module)):
        raise SliceError(
            f"The code would save again whenever it is run: {ast.unparse(call)!r} gives a value "
            "that it needs. Save in a statement of its own, and read what was saved by get."
        )
    with TemporaryFolder() as folder:
        if beside:
            Path(folder, beside).touch()
        path = Path(folder, "module.py")
        path.write_text(module, encoding="utf-8")
        _ruff(path, "check", "--select=I", "--fix", "--exit-zero")
        _ruff(path, "format")
        _require_defined(path)
        _ruff(path, "check", "--add-noqa")
        return path.read_text(encoding="utf-8")


def _ruff(path: Path, *command: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own interpreter
        [sys.executable, "-m", "ruff", *command, "--quiet", "--isolated", "--no-cache", str(path)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SliceError(f"ruff cannot format the pipeline: {done.stderr or done.stdout}")
    return done.stdout


def _require_defined(path: Path) -> None:
    """Refuse a module that reads names which have no value there.

    Raises:
        SliceError: It does, and not only in a text, as annotations may be.
    """
    options = ("--select=F821,F823", "--ignore-noqa", "--exit-zero", "--output-format=json")
    found = json.loads(_ruff(path, "check", *options))
    if not found:
        return
    text = path.read_text(encoding="utf-8")
    read = {
        (node.lineno, node.id) for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)
    }
    for each in found:
        name, line = each["message"].split("`")[1], each["location"]["row"]
        # Of its own, a builtin one is found again when another of its name is deleted.
        is_back = each["code"] == "F821" and name in BUILTINS
        if (line, name) in read and not is_back:
            raise SliceError(
                f"The code cannot stand in a module: {name!r} has no value in "
                f"{text.splitlines()[line - 1].strip()[:200]!r}, since nothing in the text of the "
                "session gives it one. Import or assign it there, or leave out what reads it."
            )
