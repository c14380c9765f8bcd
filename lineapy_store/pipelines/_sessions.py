"""Artifacts as programs: what each session ran, with a mark where it saved each of them."""

from __future__ import annotations

import ast
import contextlib
import functools
import math
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
from lineapy_store.pipelines._reads import names_read, variables_of, versions_read, with_variables
from lineapy_store.slicing import _code, _frames
from lineapy_store.slicing._calls import saved_by, varying_name
from lineapy_store.slicing._chain import statement_in
from lineapy_store.slicing._program import LOOPS, in_expression_scope, in_loop, parse, walk
from lineapy_store.slicing._render import edited, first_line, lines_of
from lineapy_store.slicing._saves import (
    Place,
    call_at,
    identifier,
    is_side_effect,
    pin_edits,
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
        stored: Artifacts of the pipeline that it reads from the store all the same.
        session: Which session ran it.
        arguments: Of the command that ran it; None if they are not known.
    """

    source: str
    targets: list[Target]
    facts: Mapping[str, Any]
    inputs: Mapping[str, str]
    stored: frozenset[str]
    session: str
    arguments: Sequence[str] | None


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
        SliceError: No session of the artifacts has saved or read one that is to be loaded.
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
        if not own and artifact.name not in {
            read["name"] for each, _ in wanted for read in _session(store, each).reads
        }:
            raise SliceError(
                f"{artifact.name!r} cannot be reused: none of the sessions that saved "
                f"{', '.join(repr(each.artifact.name) for each in found)} has saved it, or read it."
            )
        own = own or [artifact]
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


def _session(store: Store, artifact: Artifact) -> Session:
    return store._session(artifact._record)  # noqa: SLF001 - as the store's own


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
    reused = {request.artifact.name: request.version for request in requests if request.is_loaded}
    sessions = {_session_id(request.artifact) for request in requests if request.is_wanted}
    for number, request in enumerate(requests):
        session_id = _session_id(request.artifact)
        if session_id not in sessions:
            continue  # others read it from the store, as they did
        session = _session(store, request.artifact)
        saved = _Saved(request, session, f"_lineapy_{number}_", made, reused)
        # What a library called has no place among the statements at the top level.
        home = saved.frame if session.call is None else ()
        groups.setdefault((session_id, *home), []).append(saved)
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
        reused: Mapping[str, int | str | None],
    ) -> None:
        self.request = request
        self.name = request.artifact.name
        self.marker = marker
        self.facts = session.facts
        self._session = session
        self.frames, self.call = session.frames, session.call
        self._text = session.source
        tree = parse(session.source)
        #: Variables that take the place of what was read from the store, by artifact.
        self.reads = variables_of(session, tree, made)
        replaced = with_variables(session, tree, made, self.reads)
        self.stored = names_read(session, made) - {*self.reads}
        names = {name for _, name, _ in made}
        saved = {at: pins for at, pins in session.saved_at.items() if names.isdisjoint(pins)}
        edits = [
            *replaced,
            *pin_edits(session.source, tree, versions_read(session, reused)),
            *pin_edits(session.source, tree, saved, saves=True),
        ]
        source = edited(session.source, edits)
        self._source = without_main_guard(source)

    @property
    def frame(self) -> tuple[Any, ...]:
        """The functions in which it was saved, and the call of the outermost one."""
        frames = self.frames
        if not frames:
            return ()
        return (
            self.call,
            *((each["qualname"], each.get("firstlineno")) for each in frames),
        )

    @property
    def size(self) -> tuple[tuple[float, ...], int]:
        """How much of the session had run: lines of calls, from the outermost one, and its text."""
        frames, call = self.frames, self.call
        calls = [call[1] if call else 0, *(frame["lineno"] for frame in reversed(frames)), math.inf]
        return tuple(calls), len(self._source)

    def is_part_of(self, other: _Saved) -> bool:
        """Return whether what ran before this save is the beginning of another program."""
        call = self.call
        if call is None:
            return self._source == other._source and other.flat.shift is not None
        mine, others = self._source, other._source
        if self.frames:
            # What is read later in the function is already known to the other one.
            mine, others = self._text, other._text
        return lines_of(mine)[: call[1]] == lines_of(others)[: call[1]]

    def _flattened(self, together: Sequence[_Saved]) -> _Saved | None:
        """Return the save of which the function's own statements can stand at the top level.

        All others that the last call at the top level has made are in it, or in what it calls.
        """
        if len(together) == 1:
            return self if self.frames else None
        last = [one for one in together if one.call == self.call]
        own = [one for one in last if one.frame == last[0].frame[:1] + last[0].frame[-1:]]
        if not own or not all(one.frames for one in last):
            return None
        found = max(own, key=lambda one: one.size)
        ends = max(one.frames[-1]["lineno"] for one in last)
        # In a loop, others may be saved there, too, where their mark has to be.
        same = [one for one in last if one.frames[0]["lineno"] == found.frames[0]["lineno"]]
        is_all = ends <= found.frames[0]["lineno"] and same == [found]
        return found if is_all and found.flat.shift is not None else None

    def program(self, together: Sequence[_Saved]) -> Program:
        """Return the program up to this save, which is the last, with marks for all of some."""
        source = self._source
        marked: list[Target] = []
        reads = {name: variable for one in together for name, variable in one.reads.items()}
        flat = self._flattened(together)
        if flat is not None:
            source = flat.flat.source
            marked.append(flat.target())
            if flat.request.is_loaded:
                source = f"{source}{flat.loading(flat.marker, Page(source).library)}\n"
        page = Page(source)
        last_first = sorted(together, key=lambda one: one.size, reverse=True)
        marked += [one.mark(page, flat, reads) for one in last_first if one is not flat]
        own = {target.name for target in marked}
        imports = ["import copy"] if reads else []
        if page.is_copied:
            imports.append(f"import copy as {page.copier}".removesuffix(" as copy"))
        if any(one.is_loaded for one in marked):
            name = page.library
            imports.append(f"import lineapy_store as {name}".removesuffix(" as lineapy_store"))
        if page.is_keeping:
            imports.append(f"{page.kept} = {{}}")
        page.insert(_first_statement(page.tree), imports, first=True)
        return Program(
            source=without_saves(page.text),
            targets=marked[::-1],
            facts=self.facts,
            session=_session_id(self.request.artifact),
            arguments=self._session.arguments,
            inputs={variable: name for name, variable in reads.items() if name not in own},
            stored=frozenset().union(*(one.stored for one in together)),
        )

    @functools.cached_property
    def flat(self) -> _frames.Program:
        """The program in which what a function did, or its call, is at the top level."""
        frames = self.frames
        for program in _frames.programs(self._source, self._session, self.marker, self.name):
            with contextlib.suppress(_code.DoubtError):
                _code.slice_of(program, self._session)
                return program
        raise SliceError(
            f"{self.name!r} was saved inside {frames[0]['qualname']}, in a way that cannot be "
            "written as a program of its own. Save what it returns where it is called."
        )

    def target(self, *, is_effect: bool = False, loading: str = "") -> Target:
        """Return what a program is said to make."""
        return Target(
            name=self.name,
            marker=self.marker,
            is_effect=is_effect,
            is_loaded=self.request.is_loaded and not is_effect,
            loading=loading,
            is_wanted=self.request.is_wanted,
        )

    def mark(self, page: Page, flat: _Saved | None, reads: Mapping[str, str]) -> Target:
        """Put the marker where the artifact is saved, and a copy of it if it is read later.

        Args:
            page: The program.
            flat: The save of which the function's statements stand at the top level, if one's do.
            reads: Variables that take the place of what was read from the store, by artifact.
        """
        node, statement, saved = self._call_in(page.tree, flat)
        whole = self._whole(page.tree, node, flat)
        # It stands in a function that is called there.
        is_far = not _has(whole, node)
        is_effect = is_side_effect(saved, page.tree)
        name = identifier(self.name)
        value, lines = page.value_of(node, saved, name)
        loading = ""
        if self.request.is_loaded and not is_effect:
            loading = self.loading(value, page.library)
            lines.append(loading)
        if is_far:
            caller = self._session.caller
            page.go_on(whole, is_direct=caller is None or caller["direct"])
        keeping: list[str] = []
        if is_effect and is_far:
            page.append(whole, [f"{self.marker} = {value}"])
        elif is_effect or whole is statement:
            lines.append(f"{self.marker} = {value}")
        else:
            kept = f"{page.kept}[{self.name!r}]" if is_far else page.fresh(f"{name}_saved")
            # What comes after it, or a later round, must not change it.
            is_last = not is_far and _is_last(whole, statement)
            keeping.append(f"{kept} = {value if is_last else page.copied(value)}")
            if not is_far:
                page.insert(whole, [f"{kept} = None"])
            page.append(whole, [f"{self.marker} = {kept}"])
        if self.name in reads:
            lines += [f"global {reads[self.name]}"] * is_far
            keeping.append(f"{reads[self.name]} = {page.copied(value)}")
        varying = varying_name(node)
        if keeping and varying is not None and (is_far or in_loop(page.tree, node)):
            lines.append(f"if {page.operand(varying)} == {self.name!r}:")
            keeping = [f"    {line}" for line in keeping]
        lines += keeping
        page.insert(statement, lines)
        return self.target(is_effect=is_effect, loading=loading)

    def _call_in(
        self, tree: ast.Module, flat: _Saved | None
    ) -> tuple[ast.Call, ast.stmt, ast.expr]:
        """Return the call of save in a program, its statement, and what it saves."""
        frames = self.frames
        first, last = self.call or (0, 0)
        if frames:
            if "part" not in frames[0]:
                raise SliceError(
                    f"{self.name!r} was saved inside {frames[0]['qualname']} of "
                    f"{frames[0]['filename']}, whose code is not in the program that ran. Save "
                    "what it returns where it is called."
                )
            first, last = frames[0]["lineno"], frames[0]["end_lineno"] or frames[0]["lineno"]
            is_flat = flat is not None and flat.call == self.call
            shift = flat.shift_of(first) if flat is not None and is_flat else 0
            first, last = first + shift, last + shift
        node = call_at(tree, Place(name=self.name, lines=(first, last)))
        if node is not None and in_expression_scope(tree, node):
            raise SliceError(
                f"{self.name!r} was saved inside a comprehension or a lambda. Save it in a "
                "statement of its own, as in a loop."
            )
        saved = None if node is None else saved_by(node)
        statement = None if node is None else statement_in(tree, node)
        if node is None or saved is None or statement is None:
            raise SliceError(
                f"{self.name!r} is saved in the middle of a statement. Give the call of save a "
                "line of its own."
            )
        return node, statement, saved

    def _whole(self, tree: ast.Module, node: ast.Call, flat: _Saved | None) -> ast.stmt:
        """Return the statement at the top level that saves the artifact, or calls what does."""
        frames, call = self.frames, self.call
        if call is None or not frames or (flat is not None and flat.frame == self.frame):
            return next(one for one in tree.body if _has(one, node))
        line = call[0]
        if flat is not None and flat.call == call:
            line = frames[-1]["lineno"] + flat.shift_of(frames[-1]["lineno"])
        return next(
            one for one in tree.body if first_line(one) <= line <= (one.end_lineno or one.lineno)
        )

    def shift_of(self, line: int) -> int:
        """Return how much further down a line is where the function's statements are flat."""
        frame = self.frames[-1]
        for node in walk(parse(self._source)):
            if (
                isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
                and node.name == frame["name"]
                and first_line(node) <= frame["firstlineno"] <= node.lineno <= line
                and line <= (node.end_lineno or node.lineno)
            ):
                return self.flat.shift or 0
        return 0

    def loading(self, variable: str, library: str) -> str:
        version = self.request.version
        given = repr(self.name) if version is None else f"{self.name!r}, {version!r}"
        return f"{variable} = {library}.get({given}).get_value()"


def _has(statement: ast.stmt, node: ast.Call) -> bool:
    end = statement.end_lineno or statement.lineno
    return first_line(statement) <= node.lineno <= end and node in walk(statement)


def _is_last(whole: ast.stmt, statement: ast.stmt) -> bool:
    """Return whether nothing of a statement runs after one that is in it, but what saves."""
    return not any(
        isinstance(one, (*LOOPS, ast.With, ast.AsyncWith, ast.FunctionDef, ast.ClassDef))
        or (one.lineno > statement.lineno and not _only_saves(one))
        for one in walk(whole)
        if isinstance(one, ast.stmt)
    )


def _only_saves(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="save"), args=[_, *_] as given)):
            return all(isinstance(one, (ast.Name, ast.Constant)) for one in given)
    return isinstance(statement, ast.Pass)


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
    # What is read from the store is there already, and yet is read after it is made, if it can be.
    readers = {id(program): {id(home[name]) for name in program.stored} for program in programs}
    found: list[Program] = []
    while len(found) < len(programs):
        done = {id(program) for program in found}
        ready = [one for one in programs if id(one) not in done and before[id(one)] <= done]
        ready.sort(key=lambda one: not readers[id(one)] <= {*done, id(one)})
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
