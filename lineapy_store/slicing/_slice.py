"""From a program's text to the text of a slice of it."""

from __future__ import annotations

import ast
import builtins
import contextlib
import functools
import gc
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import SliceError
from lineapy_store.slicing._analysis import Analysis
from lineapy_store.slicing._bodies import Bodies, unnamed
from lineapy_store.slicing._calls import saved_by
from lineapy_store.slicing._library import Library
from lineapy_store.slicing._program import (
    SCOPES,
    Program,
    in_expression_scope,
    in_loop,
    names_in_block,
    nodes_of,
    parse,
)
from lineapy_store.slicing._render import (
    lines_of,
    render,
    share_lines,
)
from lineapy_store.slicing._saves import (
    Place,
    assigned,
    call_at,
    end_of,
    is_changed_later,
    is_side_effect,
    is_there_still,
    prepared,
    require_no_saves,
    saves_again,
    statement_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from collections.abc import Set as AbstractSet

    from lineapy_store.slicing._capture_session import Pins

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
        """The names that they read, but for those that functions in them have as their own."""
        return frozenset(names_in_block(parse(self.text).body).read)


@dataclass(frozen=True, kw_only=True)
class Style:
    """How a slice is written.

    Attributes:
        keeps_save: With the statement that saves.
        dropped_as_comment: With the other statements as comments.
        read: Which versions calls of ``get`` were given.
        saved: Which versions calls of ``save`` have made.
    """

    keeps_save: bool = False
    dropped_as_comment: bool = False
    read: Pins = field(default_factory=dict)
    saved: Pins = field(default_factory=dict)


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
    analysis, _ = _analysed_at(source, _types(facts), _tables(facts), _installed(facts), None)
    program = analysis.program
    wanted = analysis.together(())
    with _deep_recursion(), analysis.within(wanted):
        if name:
            analysis.read(analysis.read_name(name, analysis.module))
    found = _closure(analysis, (wanted,))
    kept = _statements(analysis, found)
    text = render(
        source,
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
    original = source
    source, place, polled = prepared(source, place, style.read, style.saved)
    analysis, watched = _analysed_at(
        source, _types(facts), _tables(facts), _installed(facts), place
    )
    program = analysis.program
    if watched is None:
        raise SliceError(
            f"The code of {place.name!r} cannot be sliced: there is no call of save on line "
            f"{place.lines[0]} that can be read, as where another function calls it. Call "
            "save(model, 'name') itself, in a statement of its own."
        )
    if in_expression_scope(program.tree, watched):
        raise SliceError(
            f"The code of {place.name!r} cannot be sliced: it was saved inside a comprehension or "
            "a lambda. Save it in a statement of its own, as in a loop."
        )
    saved = saved_by(watched)
    if saved is None:
        raise SliceError(
            f"The code of {place.name!r} cannot be sliced: what is saved on line {place.lines[0]} "
            "is not written there. Write it out, as in save(model, 'name')."
        )
    number = statement_of(program, watched)
    wanted = [analysis.watched[id(watched)]]
    # What stands in the place of the save needs what is saved, and no library.
    itself = frozenset(() if style.keeps_save else (number,))
    kept = _statements(analysis, _closure(analysis, wanted, itself))
    is_simple = isinstance(program.statements[number], ast.Expr)
    if itself & kept and not is_simple and in_loop(program.tree, watched):
        raise saves_again(place, place.lines[0])
    require_bound(program, kept | {number}, facts, place.name)
    _require_versions(program, kept | {number}, polled, place)
    replaced: dict[int, str] = {}
    is_effect = is_side_effect(saved, program.tree)
    name = saved.id if isinstance(saved, ast.Name) and not is_effect else ""
    if style.keeps_save:
        wanted.append(number)
    elif not is_effect and not (
        name
        and not analysis.is_changed_on_leaving
        and is_there_still(program, kept, number, watched)
    ):
        is_needed = number in kept
        kept.add(number)
        beside = (pair for pair in share_lines(program, source) if number in pair)
        wanted += [one for pair in beside for one in pair]
        is_atom = name and _library(_tables(facts)).is_atom(dict(_types(facts)).get(name, ""))
        is_copied = not is_atom and (
            analysis.is_changed_on_leaving or is_changed_later(program, kept, number, saved)
        )
        name, replaced[number] = assigned(
            source, program, watched, place, is_copied=is_copied, is_needed=is_needed
        )
    elif number in kept:
        replaced[number] = "pass"  # it saves, and is there for what is around it
    found = _closure(analysis, wanted, itself)
    kept |= _statements(analysis, found)
    text = render(
        source,
        program,
        kept,
        replaced=replaced,
        inside=_dropped_inside(analysis, found, kept),
        dropped_as_comment=style.dropped_as_comment,
        original=original,
    )
    if not style.keeps_save:
        require_no_saves(text, place)
    return Slice(text, name)


def require_bound(
    program: Program, kept: set[int], facts: Mapping[str, Any] | None, name: str
) -> None:
    """Refuse what reads names that had values in the live program, and that its text never binds.

    Raises:
        SliceError: It does.
    """
    read = {name for number in kept for name in program.read_in(number)}
    missing = made_elsewhere(program, read, facts)
    if "get_ipython" in missing:
        raise SliceError(
            f"The code of {name!r} cannot be had: it needs what a magic or a !command of "
            "IPython does, which Python cannot run."
        )
    if missing:
        raise SliceError(
            f"The code of {name!r} cannot be had: {min(missing)!r} was made by code that is "
            "not in the program, as by %run, python -i, or by what has run it."
        )


def _require_versions(
    program: Program, kept: set[int], polled: Mapping[tuple[int, int], str], place: Place
) -> None:
    """Refuse what reads an artifact that was another version each time.

    Raises:
        SliceError: It does.
    """
    for node in nodes_of(program.tree) if polled else ():
        if (
            isinstance(node, ast.Call)
            and end_of(node) in polled
            and statement_of(program, node) in kept
        ):
            name = polled[end_of(node)]
            raise SliceError(
                f"The code of {place.name!r} cannot be had: line {node.lineno} was given several "
                f"versions of {name!r} in turn. Name the version that it reads, as in "
                f"get({name!r}, version=0)."
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
    # Python gives each program a ``__file__``.
    missing = (alive & read) - program.bound - {*dir(builtins), "__file__"}
    return set() if program.makes_names else missing


def _types(facts: Mapping[str, Any] | None) -> tuple[tuple[str, str], ...]:
    return tuple((facts or {}).get("types", {}).items())


def _tables(facts: Mapping[str, Any] | None) -> _Tables:
    return tuple((facts or {}).get("tables", ()))


def _installed(facts: Mapping[str, Any] | None) -> tuple[str, ...]:
    """Return the modules that are known not to be the program's own."""
    found = {
        module["name"].partition(".")[0]
        for module in (facts or {}).get("modules", {}).values()
        if module["origin"] != "user"
    }
    return tuple(sorted(found.union((facts or {}).get("packages", ()))))


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
    source: str,
    types: tuple[tuple[str, str], ...],
    tables: _Tables,
    installed: tuple[str, ...],
    place: Place | None,
) -> tuple[Analysis, ast.Call | None]:
    program = Program(parse(source))
    watched = None if place is None else call_at(program.tree, place)
    nodes = [] if watched is None else [watched]
    inside = watched is None or not isinstance(
        program.statements[statement_of(program, watched)], SCOPES
    )
    facts = {"types": dict(types), "tables": tables, "packages": installed}
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
    analysis = Analysis(
        program,
        _library(_tables(facts)),
        dict(_types(facts)),
        frozenset(_installed(facts)),
        seeds=seeds,
    )
    if inside:
        analysis.bodies = Bodies(program.tree, lines_of(source))
    analysis.watched = {id(node): analysis.together(()) for node in watched}
    with _deep_recursion():
        analysis.run(program.tree.body, analysis.module)
    for one, other in share_lines(program, source):
        analysis.deps[one].add(other)
        analysis.deps[other].add(one)
    return analysis


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
    members = [
        member
        for definition in nodes_of(tree)
        if isinstance(definition, ast.ClassDef)
        and ("class", id(definition)) in analysis.inner
        and id(definition) not in by_kind["class"]
        for member in bodies.members(definition)
    ]
    return dropped | unnamed(members, tree, is_dropped)


def _closure(
    analysis: Analysis, wanted: Iterable[int], without: AbstractSet[int] = frozenset()
) -> set[int]:
    """Return what is needed, but for what some statements need that something else stands for."""
    found = {*wanted} | analysis.always
    todo = list(found)
    while todo:
        number = todo.pop()
        if number in without:
            continue
        needs = analysis.deps[number] - found
        # What is left of a function runs wherever it is called, and has to find what it needs.
        for runs in (analysis.runs_of, analysis.runs_in):
            if number in runs:
                needs |= {run for other, run in runs[number] if other in found} - found
        todo += needs
        found |= needs
    return found
