"""From a program's text to the text of a slice of it."""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import gc
import keyword
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import SliceError
from lineapy_store.slicing._analysis import Analysis
from lineapy_store.slicing._bodies import Bodies, unnamed
from lineapy_store.slicing._calls import saved_by, varying_name
from lineapy_store.slicing._library import Library
from lineapy_store.slicing._program import (
    LOOPS,
    SCOPES,
    Program,
    blocks_in,
    bound_by,
    in_expression_scope,
    in_loop,
    names_in_block,
    nodes_of,
    parse,
    walk,
)
from lineapy_store.slicing._render import (
    REMOVED,
    Edit,
    edit_of,
    edited,
    first_line,
    lines_of,
    render,
    share_lines,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

_Tables = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Slice:
    """The statements that made a value.

    Attributes:
        text: The statements, as the user wrote them.
        name: The variable that has the value when they have run; empty for a side effect.
    """

    text: str
    name: str

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """The names that are in them."""
        return frozenset(node.id for node in walk(parse(self.text)) if isinstance(node, ast.Name))


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a program calls ``save``.

    Attributes:
        name: The artifact's.
        lines: The first and the last line of the call, from 1.
    """

    name: str
    lines: tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a slice is written.

    Attributes:
        keeps_save: With the statement that saves.
        dropped_as_comment: With the other statements as comments.
        versions: Which version a call of ``get`` was given, by its first line and, if that is
            known, its column.
    """

    keeps_save: bool = False
    dropped_as_comment: bool = False
    versions: Mapping[tuple[int, int | None], int] = field(default_factory=dict)


@contextlib.contextmanager
def _no_collector() -> Iterator[None]:
    """Look for no garbage among what an analysis makes: it is much, and needed to the end."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            # All that there is now counts as old: else the next object would have it gone through.
            gc.freeze()
            gc.unfreeze()
        if was_enabled:
            gc.enable()


def slice_source(
    source: str,
    *,
    target: str | None = None,
    call: tuple[int, int, str] | None = None,
    facts: Mapping[str, Any] | None = None,
    include_non_slice_as_comment: bool = False,
) -> str:
    """Return the statements of a program that made a value.

    Args:
        source: The program.
        target: A global name, of which the value at the program's end is wanted.
        call: Instead of it, the first and last line of a call of ``save``, from 1, and the name
            that it saves as; the value is wanted that it was given.
        facts: What was seen of the live program, ``{"types": {name: qualified class name}}``,
            and, as ``"tables"``, paths and texts of tables about libraries.
        include_non_slice_as_comment: Whether the other lines become comments.

    Returns:
        The user's own lines. Run alone in a new interpreter, they make an equal value.

    Raises:
        SliceError: The program cannot be parsed, or has no such call.
    """
    style = Style(dropped_as_comment=include_non_slice_as_comment)
    if call is not None:
        first, last, name = call
        return slice_at(source, Place(name=name, lines=(first, last)), facts, style).text
    return slice_variable(source, target or "", facts, style).text


@_no_collector()
def slice_variable(
    source: str, name: str, facts: Mapping[str, Any] | None = None, style: Style | None = None
) -> Slice:
    """Return the statements of a program that made the value that a variable has at its end.

    Args:
        source: The program.
        name: The variable, a global one.
        facts: See ``slice_source``.
        style: How the slice is written.

    Raises:
        SliceError: The program cannot be parsed.
    """
    style = style or Style()
    analysis, _ = _analysed_at(source, _types(facts), _tables(facts), None)
    program = analysis.program
    wanted = analysis.together(())
    with _deep_recursion(), analysis.within(wanted):
        if name:
            analysis.read(analysis.read_name(name, analysis.module))
    found = _closure(analysis, (wanted,))
    kept = _statements(analysis, found)
    text = render(
        with_versions(source, program.tree, style.versions),
        program,
        kept,
        inside=_dropped_inside(analysis, found, kept),
        dropped_as_comment=style.dropped_as_comment,
    )
    return Slice(text, name)


@_no_collector()
def slice_at(
    source: str, place: Place, facts: Mapping[str, Any] | None = None, style: Style | None = None
) -> Slice:
    """Return the statements of a program that made what it saves somewhere.

    Args:
        source: The program.
        place: Where it calls ``save``.
        facts: See ``slice_source``.
        style: How the slice is written.

    Raises:
        SliceError: The program cannot be parsed, or has no such call.
    """
    style = style or Style()
    if style.versions:
        source = with_versions(source, parse(source), style.versions)
    if not style.keeps_save:
        source = without_saves(source, place)
    analysis, watched = _analysed_at(source, _types(facts), _tables(facts), place)
    program = analysis.program
    if watched is None:
        raise SliceError(
            f"The code of {place.name!r} cannot be sliced: there is no call of save on line "
            f"{place.lines[0]}."
        )
    if in_expression_scope(program.tree, watched):
        raise SliceError(
            f"The code of {place.name!r} cannot be sliced: it was saved inside a comprehension or "
            "a lambda. Save it in a statement of its own, as in a loop."
        )
    saved = saved_by(watched)
    number = _statement_of(program, watched)
    wanted = [analysis.watched[id(watched)]]
    kept = needed(analysis, wanted[0])
    _require_bound(program, kept | {number}, facts, place)
    replaced: dict[int, str] = {}
    is_variable = isinstance(saved, ast.Name) and not is_side_effect(saved)
    varying = varying_name(watched)
    guard = ""
    if varying is not None and in_loop(program.tree, watched):
        is_variable = False
        shown = ast.get_source_segment(source, varying) or ast.unparse(varying)
        guard = f"if {shown} == {place.name!r}: "
    name = getattr(saved, "id", "") if is_variable else ""
    if style.keeps_save:
        wanted.append(number)
    elif not name and saved is not None and not is_side_effect(saved):
        name = identifier(place.name)
        text = ast.get_source_segment(source, saved) or ast.unparse(saved)
        if "\n" in text:
            text = f"({text})"
        kept.add(number)
        if any(number in pair for pair in share_lines(program)):
            wanted.append(number)  # as what is beside it needs it
        if guard and _is_changed_later(program, kept, number, saved):
            text = f"copy.deepcopy({text})"
            guard += "import copy; "
        replaced[number] = f"{guard}{name} = {text}"
    elif number in kept and isinstance(program.statements[number], ast.Expr):
        replaced[number] = "pass"  # it saves, and is there for what is around it
    found = _closure(analysis, wanted)
    kept |= _statements(analysis, found)
    return Slice(
        render(
            source,
            program,
            kept,
            replaced=replaced,
            inside=_dropped_inside(analysis, found, kept),
            dropped_as_comment=style.dropped_as_comment,
        ),
        name,
    )


def _require_bound(
    program: Program, kept: set[int], facts: Mapping[str, Any] | None, place: Place
) -> None:
    """Refuse what reads names that had values in the live program, and that its text never binds.

    Raises:
        SliceError: It does.
    """
    read = {name for number in kept for name in program.read_in(number)}
    if missing := made_elsewhere(program, read, facts):
        raise SliceError(
            f"The code of {place.name!r} cannot be had: {min(missing)!r} was made by code that is "
            "not in the program, as by %run, python -i, or by what has run it."
        )


def made_elsewhere(
    program: Program, read: AbstractSet[str], facts: Mapping[str, Any] | None
) -> set[str]:
    """Return which names had values in the live program, though its text never binds them.

    Args:
        program: Its text.
        read: The names in question.
        facts: See ``slice_source``.
    """
    kinds = ("types", "modules", "objects")
    alive = {name for kind in kinds for name in (facts or {}).get(kind, ())}
    missing = (alive & read) - program.bound - set(dir(builtins))
    return set() if program.makes_names else missing


def _types(facts: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    return tuple((facts or {}).get("types", {}).items())


def _tables(facts: Mapping[str, Any] | None) -> _Tables:
    return tuple((facts or {}).get("tables", ()))


@functools.lru_cache(maxsize=4)
def _library(tables: _Tables) -> Library:
    return Library(tables)


@contextlib.contextmanager
def _deep_recursion() -> Iterator[None]:
    """Let calls go as deep as those of a program that is nested deep, within Python's own stack."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


# One, since the same artifact is often asked more than once.
@functools.lru_cache(maxsize=1)
def _analysed_at(
    source: str, types: tuple[tuple[str, str], ...], tables: _Tables, place: Place | None
) -> tuple[Analysis, ast.Call | None]:
    program = Program(parse(source))
    watched = None if place is None else call_at(program.tree, place)
    nodes = [] if watched is None else [watched]
    inside = watched is None or not isinstance(
        program.statements[_statement_of(program, watched)], SCOPES
    )
    facts = {"types": dict(types), "tables": tables}
    return analysed(source, program, facts, nodes, inside=inside), watched


def analysed(
    source: str,
    program: Program,
    facts: Mapping[str, Any] | None = None,
    watched: Iterable[ast.AST] = (),
    *,
    inside: bool = False,
) -> Analysis:
    """Return what each statement of a program needs.

    Args:
        source: The program.
        program: Its statements.
        facts: See ``slice_source``.
        watched: Calls of ``save``, and assignments, of which the value there is wanted.
        inside: Whether statements of functions count each by itself, so that a slice can do
            without some. What is watched is then in none.
    """
    # Without a seed, random numbers differ from run to run, whatever is drawn before.
    seeds = any(word in source for word in ("seed", "set_state", "setstate"))
    analysis = Analysis(program, _library(_tables(facts)), dict(_types(facts)), seeds=seeds)
    if inside:
        analysis.bodies = Bodies(program.tree, lines_of(source))
    analysis.watched = {id(node): analysis.together(()) for node in watched}
    with _deep_recursion():
        analysis.run(program.tree.body, analysis.module)
    for one, other in share_lines(program):
        analysis.deps[one].add(other)
        analysis.deps[other].add(one)
    return analysis


def without_saves(source: str, place: Place | None) -> str:
    """Return a program whose statements save nothing, but for the call of a place.

    A slice that holds a save for other reasons, as in the body of a function, would save whenever
    it is run. What is saved is still evaluated.
    """
    tree = parse(source)
    kept = None if place is None else call_at(tree, place)
    library = {
        name
        for node in nodes_of(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if (name := bound_by(alias)) is not None
        and (alias.name if isinstance(node, ast.Import) else node.module or "").partition(".")[0]
        in ("lineapy_store", "lineapy")
    }
    saves = [
        (node, node.value)
        for node in nodes_of(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and node.value is not kept
        and _is_save(node.value.func, library)
    ]
    if not saves:
        return source
    lines = lines_of(source)
    # What is not the last of its block, and has lines of its own.
    dispensable = {
        id(one)
        for block in blocks_in(tree)
        for one in block[:-1]
        if not lines[one.lineno - 1].encode()[: one.col_offset].strip()
        and not lines[(one.end_lineno or 1) - 1].encode()[one.end_col_offset :].strip()
    }
    edits: list[Edit] = []
    for node, call in saves:
        saved = saved_by(call)
        if saved is not None:
            text = ast.get_source_segment(source, saved) or ast.unparse(saved)
            is_nothing = isinstance(saved, (ast.Name, ast.Attribute))
            nothing = REMOVED if id(node) in dispensable else "pass"
            edits.append(edit_of(node, nothing if is_nothing else f"({text})"))
    return edited(source, edits)


def _is_save(function: ast.expr, library: set[str]) -> bool:
    """Return whether a function is ``save``, or ``save`` of some name of the library."""
    root = function
    if isinstance(function, ast.Attribute) and function.attr == "save":
        root = function.value
    elif not isinstance(function, ast.Name) or function.id != "save":
        return False
    return isinstance(root, ast.Name) and root.id in library


def call_at(tree: ast.Module, place: Place) -> ast.Call | None:
    """Return the call of ``save`` that is at a place."""
    first, last = place.lines
    found = [
        node
        for node in nodes_of(tree)
        if isinstance(node, ast.Call)
        and node.lineno <= first
        and (node.end_lineno or node.lineno) >= last
        and (isinstance(node.func, ast.Attribute) and node.func.attr == "save")
        | isinstance(node.func, ast.Name)
    ]

    def fit(node: ast.Call) -> tuple[bool, bool, bool, int]:
        names = [each for each in walk(node) if isinstance(each, ast.Constant)]
        return (
            (node.lineno, node.end_lineno) == place.lines,
            any(each.value == place.name for each in names),
            isinstance(node.func, ast.Attribute) or node.func.id == "save",  # type: ignore[attr-defined]
            -((node.end_lineno or 0) - node.lineno),
        )

    return max(found, key=fit, default=None)


def _is_changed_later(program: Program, kept: set[int], number: int, saved: ast.expr) -> bool:
    """Return whether what one run of a loop saves may be changed by what comes after that.

    It may not if the loop makes a new one each time, and uses it no more after the save.
    """
    if not isinstance(saved, ast.Name):
        return not isinstance(saved, ast.Call)
    loop = program.parents[number]
    while loop is not None and not isinstance(program.statements[loop], LOOPS):
        loop = program.parents[loop]
    if loop is None:
        return True
    inside = range(loop + 1, program.last_inside[loop] + 1)
    statement = program.statements[loop]
    made: set[str] = set()
    if isinstance(statement, (ast.For, ast.AsyncFor)):
        made |= names_in_block([statement.target]).bound
    for one in inside:
        inner = program.statements[one]
        if isinstance(inner, ast.Assign) and one < number:
            made |= names_in_block(inner.targets).bound
    later = {
        name for one in inside if one > number and one in kept for name in program.read_in(one)
    }
    return saved.id not in made or saved.id in later


def _statement_of(program: Program, node: ast.AST) -> int:
    """Return the innermost numbered statement that a node is in."""
    place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    found = 0
    for number, statement in enumerate(program.statements):
        end = statement.end_lineno or 0, statement.end_col_offset or 0
        if (first_line(statement), statement.col_offset) <= place <= end:
            found = number
    return found


def needed(analysis: Analysis, wanted: int) -> set[int]:
    """Return the statements that one needs, or that a number needs which stands for several."""
    return _statements(analysis, _closure(analysis, (wanted,)))


def _statements(analysis: Analysis, found: set[int]) -> set[int]:
    size = len(analysis.program.statements)
    return {number for number in found if number < size}


def _dropped_inside(analysis: Analysis, found: set[int], kept: set[int]) -> set[int]:
    """Return the ``id`` of what in functions and classes is not among what was found.

    Args:
        analysis: Of the program.
        found: What is needed.
        kept: The statements of the program that the slice has.
    """
    bodies = analysis.bodies
    if bodies is None:
        return set()
    by_kind: dict[str, set[int]] = {"statement": set(), "call": set(), "all": set(), "class": set()}
    for (kind, node), number in analysis.inner.items():
        if number in found:
            by_kind[kind].add(node)
    dropped = bodies.dropped(by_kind["statement"], by_kind["call"])
    if id(analysis.program.tree) in by_kind["all"]:
        return dropped

    def is_dropped(node: ast.AST) -> bool:
        number = analysis.program.numbers.get(id(node))
        return id(node) in dropped if number is None else number not in kept

    tree = analysis.program.tree
    methods = [
        method
        for definition in nodes_of(tree)
        if isinstance(definition, ast.ClassDef)
        and ("class", id(definition)) in analysis.inner
        and id(definition) not in by_kind["class"]
        for method in bodies.methods(definition)
    ]
    return dropped | unnamed(methods, tree, is_dropped)


def _closure(analysis: Analysis, wanted: Iterable[int]) -> set[int]:
    found = {*wanted} | analysis.always
    todo = list(found)
    while todo:
        number = todo.pop()
        needs = analysis.deps[number] - found
        # What is left of a function runs wherever it is called, and has to find what it needs.
        for runs in (analysis.runs_of, analysis.runs_in):
            if number in runs:
                needs |= {run for other, run in runs[number] if other in found} - found
        todo += needs
        found |= needs
    return found


def is_side_effect(saved: ast.expr) -> bool:
    """Return whether what is saved is ``lineapy.file_system`` or ``lineapy.db``."""
    name = saved.attr if isinstance(saved, ast.Attribute) else getattr(saved, "id", "")
    return name in ("file_system", "db")


def identifier(name: str) -> str:
    """Return a variable's name for an artifact's."""
    found = re.sub(r"\W", "_", name)
    if not found.isidentifier() or keyword.iskeyword(found):
        found = f"_{found}"
    return found


def with_versions(
    source: str, tree: ast.Module, versions: Mapping[tuple[int, int | None], int]
) -> str:
    """Return the text with the version in each call of ``get`` that it was given then."""
    return edited(source, version_edits(tree, versions)) if versions else source


def version_edits(
    tree: ast.Module, versions: Mapping[tuple[int, int | None], int]
) -> Iterator[Edit]:
    """Yield what puts the version into each call of ``get`` that it was given then."""
    for node in nodes_of(tree):
        if (
            isinstance(node, ast.Call)
            and ((node.lineno, node.col_offset) in versions or (node.lineno, None) in versions)
            and isinstance(node.func, (ast.Attribute, ast.Name))
            and (node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id) == "get"
        ):
            key = (node.lineno, node.col_offset)
            version = versions[key] if key in versions else versions[node.lineno, None]
            given: ast.expr | None = node.args[1] if len(node.args) > 1 else None
            for each in node.keywords:
                if each.arg == "version":
                    given = each.value
            values = [*node.args, *(each.value for each in node.keywords)]
            last = max(values, key=_end, default=None)
            if given is not None:
                yield edit_of(given, str(version))
            elif last is not None:
                yield *_end(last), *_end(last), f", version={version}"


def _end(node: ast.expr) -> tuple[int, int]:
    return node.end_lineno or 0, node.end_col_offset or 0
