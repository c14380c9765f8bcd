"""Artifacts as programs: what each session ran, with a mark where it saved each of them."""

from __future__ import annotations

import ast
import contextlib
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lineapy_store.artifact import Artifact
from lineapy_store.configuration import nearest
from lineapy_store.errors import ConfigurationError, SliceError
from lineapy_store.names import check_version
from lineapy_store.pipelines._layout import Target
from lineapy_store.pipelines._page import Page
from lineapy_store.slicing import _code, _frames
from lineapy_store.slicing._calls import saved_by, varying_name
from lineapy_store.slicing._chain import statement_in
from lineapy_store.slicing._program import bound_by, in_expression_scope, in_loop, parse
from lineapy_store.slicing._render import Edit, edit_of, edited, lines_of
from lineapy_store.slicing._slice import (
    Place,
    call_at,
    identifier,
    is_side_effect,
    version_edits,
    without_saves,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from lineapy_store.slicing._capture_session import Session
    from lineapy_store.store import Store

_MAIN = "__main__"


@dataclass(frozen=True, kw_only=True)
class Program:
    """What a session ran, and the artifacts that it made.

    Attributes:
        source: Its text, in which what is saved is assigned to the targets' markers.
        targets: In the order of their calls of ``save``.
        facts: What was seen of the live program.
        inputs: Variables that have the value of an artifact of another program, by its name.
        session: Which session ran it.
    """

    source: str
    targets: list[Target]
    facts: Mapping[str, Any]
    inputs: Mapping[str, str]
    session: str


@dataclass(frozen=True, kw_only=True)
class Request:
    """An artifact of a pipeline.

    Attributes:
        artifact: The version whose code makes it.
        version: The one that is loaded, if it is loaded; None for the newest at that time.
        is_loaded: It is read from the store.
        is_wanted: It is asked for, and not only read by others.
    """

    artifact: Artifact
    version: int | str | None
    is_loaded: bool
    is_wanted: bool


def requests_of(store: Store, artifacts: Sequence[Any], reused: Sequence[Any]) -> list[Request]:
    """Return the artifacts of a pipeline.

    Args:
        store: Where they are.
        artifacts: Those that are asked for: names, pairs of name and version, or artifacts.
        reused: Those that are loaded instead of made, in the same form.

    Raises:
        ConfigurationError: Something of another form, a name twice, or none at all.
        ArtifactNotFoundError: There is no such version.
        SliceError: No session of the artifacts has saved one that is to be loaded.
    """
    wanted = [_resolved(store, each) for each in _several(artifacts, "artifacts")]
    loaded = [_resolved(store, each) for each in _several(reused, "reuse_pre_computed_artifacts")]
    if not wanted:
        raise ConfigurationError("artifacts is empty: name one artifact or more")
    for part in (wanted, loaded):
        names = [artifact.name for artifact, _ in part]
        if twice := {name for name in names if names.count(name) > 1}:
            raise ConfigurationError(f"{min(twice)!r} is named twice; a pipeline makes it once")
    versions = {artifact.name: version for artifact, version in loaded}
    found = [
        Request(
            artifact=artifact,
            version=versions.get(artifact.name),
            is_loaded=artifact.name in versions,
            is_wanted=True,
        )
        for artifact, _ in wanted
    ]
    sessions = {_session_id(artifact) for artifact, _ in wanted}
    for artifact, version in loaded:
        if artifact.name in {each.artifact.name for each in found}:
            continue
        own = [
            each
            for each in store.artifact_store().search(name=artifact.name)
            if _session_id(each) in sessions
        ]
        if not own:
            raise SliceError(
                f"{artifact.name!r} cannot be reused: none of the sessions that saved "
                f"{', '.join(repr(each.artifact.name) for each in found)} has saved it."
            )
        found += [
            Request(artifact=each, version=version, is_loaded=True, is_wanted=False)
            for each in {_session_id(each): each for each in own}.values()
        ]
    return found


def _several(given: Any, what: str) -> Sequence[Any]:
    if isinstance(given, (str, Artifact)):
        return [given]
    if isinstance(given, tuple) and len(given) == 2 and isinstance(given[1], int):  # noqa: PLR2004 - a name and a version
        return [given]
    if not isinstance(given, (list, tuple, set, frozenset)):
        raise ConfigurationError(f"{what} is {given!r}: give a list of names")
    return sorted(given, key=str) if isinstance(given, (set, frozenset)) else given


def _resolved(store: Store, given: Any) -> tuple[Artifact, int | str | None]:
    """Return an artifact, and the version that was asked for."""
    if isinstance(given, Artifact):
        return given, given.version
    if isinstance(given, str):
        return store.get(given), None
    try:
        name, version = given
        version = check_version(version)
    except (TypeError, ValueError):
        raise ConfigurationError(
            f"{given!r} is no artifact: give a name, a pair of name and version, or an artifact"
        ) from None
    return store.get(name, version), version


def _session_id(artifact: Artifact) -> str:
    return str(artifact.get_metadata().lineapy.session_id)


def programs_of(store: Store, requests: Sequence[Request]) -> list[Program]:
    """Return the programs that make artifacts, one for each session where that can be.

    Raises:
        SliceError: The code of one cannot be had; the message says why.
    """
    groups: dict[Any, list[_Saved]] = {}
    catalog = store._catalog().id  # noqa: SLF001 - as the store's own
    made = {
        (catalog, request.artifact.name, request.artifact.version)
        for request in requests
        if request.is_wanted
    }
    for number, request in enumerate(requests):
        record = request.artifact._record  # noqa: SLF001 - as above
        session = store._session(record)  # noqa: SLF001 - as above
        saved = _Saved(request, session, f"_lineapy_{number}_", made)
        groups.setdefault((record.session_id, *saved.frame), []).append(saved)
    found: list[Program] = []
    for group in groups.values():
        rest = sorted(group, key=lambda one: one.size, reverse=True)
        while rest:
            first = rest[0]
            together = [one for one in rest if one is first or one.is_part_of(first)]
            rest = [one for one in rest if one not in together]
            if any(one.request.is_wanted for one in together):
                found.append(first.program(together))
    order = {request.artifact.name: number for number, request in enumerate(requests)}
    return sorted(found, key=lambda one: min(order[target.name] for target in one.targets))


class _Saved:
    """A save of an artifact, in the program that ran."""

    def __init__(
        self,
        request: Request,
        session: Session,
        marker: str,
        made: Collection[tuple[str, str, int]],
    ) -> None:
        self.request = request
        self.name = request.artifact.name
        self.marker = marker
        self.facts = session.facts
        self._session = session
        tree = parse(session.source)
        #: Variables that take the place of what was read from the store, by artifact.
        self.reads = _reads(session, tree, made)
        replaced = _with_variables(session, tree, made, self.reads)
        # Python 3.10 knows the line alone.
        places = {
            place for line, column, *_ in replaced for place in ((line, column), (line, None))
        }
        versions = {
            place: version for place, version in session.versions.items() if place not in places
        }
        source = edited(session.source, [*replaced, *version_edits(tree, versions)])
        self._source = without_main_guard(source)

    @property
    def frame(self) -> tuple[Any, ...]:
        """The functions in which it was saved, and the call of the outermost one."""
        frames = self._session.frames
        if not frames:
            return ()
        return (
            self._session.call,
            *((each["qualname"], each.get("firstlineno")) for each in frames),
        )

    @property
    def size(self) -> tuple[int, int]:
        """How much of the session had run."""
        return self.line, len(self._source)

    @property
    def line(self) -> int:
        """The line of the call of save, or its last if it is at the top level."""
        frames = self._session.frames
        if frames:
            return int(frames[0]["lineno"])
        return self._session.call[1] if self._session.call else 0

    def is_part_of(self, other: _Saved) -> bool:
        """Return whether what ran before this save is the beginning of another program."""
        mine, others = lines_of(self._source), lines_of(other._source)
        if self._session.frames:
            # What calls the function has the one value alone that it returns.
            return mine == others and other.flat.shift is not None
        return mine[: self.line] == others[: self.line]

    def program(self, together: Sequence[_Saved]) -> Program:
        """Return the program up to this save, which is the last, with marks for all of some."""
        source = self._source
        shift: int | None = 0
        marked: list[Target] = []
        reads = {name: variable for one in together for name, variable in one.reads.items()}
        if self._session.frames:
            whole = self.flat
            source, shift = whole.source, whole.shift
            marked.append(self.target())
            if self.request.is_loaded:
                source = f"{source}{self._loading(self.marker, Page(source).library)}\n"
            together = [one for one in together if one is not self]
        page = Page(source)
        last_first = sorted(together, key=lambda each: each.line, reverse=True)
        marked += [one.mark(page, shift or 0, reads) for one in last_first]
        own = {target.name for target in marked}
        imports = ["import copy"] if reads or page.is_copied else []
        if any(one.is_loaded for one in marked):
            name = page.library
            imports.append(f"import lineapy_store as {name}".removesuffix(" as lineapy_store"))
        page.insert(_first_statement(page.tree), imports, first=True)
        return Program(
            source=without_saves(page.text, None),
            targets=marked[::-1],
            facts=self.facts,
            session=_session_id(self.request.artifact),
            inputs={variable: name for name, variable in reads.items() if name not in own},
        )

    @functools.cached_property
    def flat(self) -> _frames.Program:
        """The program in which what a function did, or its call, is at the top level."""
        frames = self._session.frames
        for program in _frames.programs(self._source, self._session, self.marker, self.name):
            with contextlib.suppress(_code.DoubtError):
                _code.slice_of(program, self._session)
                return program
        raise SliceError(
            f"{self.name!r} was saved inside {frames[0]['qualname']}, in a way that cannot be "
            "written as a program of its own. Save what it returns where it is called."
        )

    def target(self, *, is_effect: bool = False) -> Target:
        """Return what a program is said to make."""
        return Target(
            name=self.name,
            marker=self.marker,
            is_effect=is_effect,
            is_loaded=self.request.is_loaded and not is_effect,
            is_wanted=self.request.is_wanted,
        )

    def mark(self, page: Page, shift: int, reads: Mapping[str, str]) -> Target:
        """Put the marker where the artifact is saved, and a copy of it if it is read later."""
        first, last = self._session.call or (self.line, self.line)
        if self._session.frames:
            frame = self._session.frames[0]
            first, last = frame["lineno"], frame["end_lineno"] or frame["lineno"]
        first, last = first + shift, last + shift
        tree = page.tree
        node = call_at(tree, Place(name=self.name, lines=(first, last)))
        saved = None if node is None else saved_by(node)
        statement = None if node is None else statement_in(tree, node)
        if node is None or saved is None or statement is None:
            raise SliceError(
                f"{self.name!r} is saved in the middle of a statement. Give the call of save a "
                "line of its own."
            )
        is_effect = is_side_effect(saved)
        varying = varying_name(node)
        whole = next(one for one in tree.body if any(part is node for part in ast.walk(one)))
        is_inside = whole is not statement and not is_effect
        name = identifier(self.name)
        # What others read must not be the marker, which belongs to this artifact alone.
        is_used = is_inside or not isinstance(statement, ast.Expr)
        variable = page.fresh(f"{name}_value") if is_used else self.marker
        value, lines = page.value_of(node, saved, variable)
        if self.request.is_loaded and not is_effect:
            value = saved.id if isinstance(saved, ast.Name) else variable
            lines = [self._loading(value, page.library)]
        if is_inside:
            kept = page.fresh(f"{name}_saved")
            if varying is not None and in_loop(tree, node):
                # What a later round changes must not change what this one saved.
                lines.append(f"if {page.segment(varying)} == {self.name!r}:")
                lines.append(f"    {kept} = {page.copied(value)}")
            else:
                lines.append(f"{kept} = {value}")
            page.insert(whole, [f"{kept} = None"])
            page.append(whole, [f"{self.marker} = {kept}"])
        elif value != self.marker:
            lines.append(f"{self.marker} = {value}")
        if self.name in reads:
            lines.append(f"{reads[self.name]} = {page.copied(value)}")
        page.insert(statement, lines)
        return self.target(is_effect=is_effect)

    def _loading(self, variable: str, library: str) -> str:
        version = self.request.version
        given = repr(self.name) if version is None else f"{self.name!r}, {version!r}"
        return f"{variable} = {library}.get({given}).get_value()"


def _reads(
    session: Session, tree: ast.Module, made: Collection[tuple[str, str, int]]
) -> dict[str, str]:
    """Return variables for the artifacts that were read and that the pipeline makes.

    Where the program has a variable ``copy`` of its own, they are still read from the store.
    """
    bound = {name for node in ast.walk(tree) if (name := bound_by(node)) is not None}
    if "copy" in bound and "import copy\n" not in session.source:
        return {}
    found: dict[str, str] = {}
    for name, _ in _places(session, tree, made):
        variable = f"{identifier(name)}_as_saved"
        while variable in bound:
            variable += "_"
        found[name] = variable
    return found


def _places(
    session: Session, tree: ast.Module, made: Collection[tuple[str, str, int]]
) -> list[tuple[str, ast.Call]]:
    """Return where the values of artifacts were read that the pipeline makes."""
    known = session.versions  # where one version alone was read
    several: dict[tuple[int, int | None], set[str]] = {}
    for read in session.reads:
        if "part" in read:
            several.setdefault((read["lineno"], read["col_offset"]), set()).add(read["name"])
    names = {
        (read["lineno"], read["col_offset"]): read["name"]
        for read in session.reads
        if "part" in read
        and (read["catalog"], read["name"], read["version"]) in made
        and known.get((read["lineno"], read["col_offset"])) == read["version"]
        and len(several[read["lineno"], read["col_offset"]]) == 1
    }
    found = []
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call() as inner, attr="get_value"),
                args=[],
                keywords=[],
            ):
                places = ((inner.lineno, column) for column in (inner.col_offset, None))
                found += [(names[place], node) for place in places if place in names]
    return found


def _with_variables(
    session: Session,
    tree: ast.Module,
    made: Collection[tuple[str, str, int]],
    variables: Mapping[str, str],
) -> list[Edit]:
    """Return what has a program use variables instead of reading artifacts from the store."""
    places = [each for each in _places(session, tree, made) if each[0] in variables]
    found = []
    for name, node in places:
        is_once = (
            statement_in(tree, node) in tree.body
            and [each for each, _ in places].count(name) == 1
            and not in_expression_scope(tree, node)
        )
        variable = variables[name]
        found.append(edit_of(node, variable if is_once else f"copy.deepcopy({variable})"))
    return found


def _first_statement(tree: ast.Module) -> ast.stmt:
    """Return the first statement that others may stand before."""
    for statement in tree.body:
        match statement:
            case ast.Expr(value=ast.Constant(value=str())) | ast.ImportFrom(module="__future__"):
                continue
        return statement
    return tree.body[-1]


def without_main_guard(source: str) -> str:
    """Return a program whose ``if __name__ == "__main__"`` has become what it holds."""
    lines = lines_of(source)
    tree = parse(source)
    fixed = _frames.lines_inside_texts(tree)
    for statement in tree.body:
        if not (isinstance(statement, ast.If) and _is_main_guard(statement.test)):
            continue
        first = statement.body[0]
        if first.lineno == statement.lineno or statement.orelse:
            continue
        found = re.match(r"[ \t\f]*", lines[first.lineno - 1])
        width = len(found.group()) if found else 0
        for number in range(statement.lineno, (statement.end_lineno or 0) + 1):
            line = lines[number - 1]
            if number < first.lineno and not line.lstrip().startswith("#"):
                lines[number - 1] = "\n"
            elif number not in fixed:
                lines[number - 1] = line[min(width, len(line) - len(line.lstrip())) :]
    return "".join(lines)


def _is_main_guard(test: ast.expr) -> bool:
    if not (isinstance(test, ast.Compare) and isinstance(test.ops[0], ast.Eq)):
        return False
    sides = [test.left, *test.comparators]
    return any(isinstance(side, ast.Name) and side.id == "__name__" for side in sides) and any(
        isinstance(side, ast.Constant) and side.value == _MAIN for side in sides
    )


def ordered(programs: Sequence[Program], dependencies: Mapping[str, Any]) -> list[Program]:
    """Return programs so that each comes after those that it depends on.

    Args:
        programs: In the order in which they run where that is left open.
        dependencies: For names of artifacts, the names of those that have to be made before.

    Raises:
        ConfigurationError: An unknown name, or a circle.
    """
    if not isinstance(dependencies, Mapping):
        raise ConfigurationError(
            f"dependencies is {dependencies!r}: give a dictionary of names and sets of names"
        )
    home = {target.name: program for program in programs for target in program.targets}
    before = {
        id(program): {id(home[name]) for name in program.inputs.values()} for program in programs
    }
    for name, needed in dependencies.items():
        for one in (name, *_names(needed)):
            if one not in home:
                raise ConfigurationError(
                    f"dependencies has {one!r}, which is not in the pipeline"
                    f"{nearest(one, list(home))}. In it: {', '.join(home)}"
                )
        for one in _names(needed):
            if home[one] is not home[name]:
                before[id(home[name])].add(id(home[one]))
            elif _position(home[name], one) > _position(home[name], name):
                raise ConfigurationError(
                    f"dependencies makes {name!r} wait for {one!r}, but their session made "
                    f"{one!r} later"
                )
    found: list[Program] = []
    while len(found) < len(programs):
        done = {id(program) for program in found}
        ready = [one for one in programs if id(one) not in done and before[id(one)] <= done]
        if not ready:
            circle = sorted(name for name, one in home.items() if id(one) not in done)
            raise ConfigurationError(
                f"sessions depend on each other in a circle: {', '.join(circle)}"
            )
        found.append(ready[0])
    return found


def _position(program: Program, name: str) -> int:
    return [target.name for target in program.targets].index(name)


def _names(given: Any) -> Iterable[str]:
    return [given] if isinstance(given, str) else given
