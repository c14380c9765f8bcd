"""Where a program saves and reads artifacts, and what stands there in a slice."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lineapy_store.errors import SliceError
from lineapy_store.slicing._calls import named_by, saved_by, varying_name
from lineapy_store.slicing._program import (
    LOOPS,
    Program,
    blocks_in,
    in_expression_scope,
    in_loop,
    names_in_block,
    nodes_of,
    parse,
    parts,
    walk,
)
from lineapy_store.slicing._render import (
    REMOVED,
    Edit,
    edit_of,
    edited,
    first_line,
    lines_of,
    moved,
    operand,
    segment,
    share_lines,
)
from lineapy_store.slicing._stores import library_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lineapy_store.slicing._capture_session import Pins, Versions


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a program calls ``save``.

    Attributes:
        name: The artifact's.
        lines: The first and the last line of the call, from 1.
        columns: The first and the last column, in bytes, if they are known.
    """

    name: str
    lines: tuple[int, int]
    columns: tuple[int, int] | None = None

    def after(self, edits: Sequence[Edit]) -> Place:
        """Return where the call is when the program has been edited."""
        if self.columns is None:
            return self
        (first, begin), (last, end) = (
            moved(place, edits) for place in zip(self.lines, self.columns, strict=True)
        )
        return replace(self, lines=(first, last), columns=(begin, end))


def prepared(
    source: str, place: Place, read: Pins, saved: Pins
) -> tuple[str, Place, dict[tuple[int, int], str]]:
    """Return a program as it is sliced, where it calls save then, and which reads have no version.

    What it read from the store, and what saves gave it that are not the wanted one, it reads in the
    versions that there were. It saves nothing else, and does nothing more on the line of the save.

    Args:
        source: The program.
        place: Where it calls ``save``.
        read: Which versions calls of ``get`` were given.
        saved: Which versions calls of ``save`` have made.
    """
    polled = [
        Place(name=name, lines=(line, line), columns=(column, column))
        for (line, column), versions in read.items()
        for name, version in versions.items()
        if version is None and column is not None
    ]
    tree = parse(source)
    watched = call_at(tree, place)
    edits = [
        *pin_edits(source, tree, read),
        *pin_edits(source, tree, saved, saves=True, watched=watched),
    ]
    source, place = edited(source, edits), place.after(edits)
    polled = [one.after(edits) for one in polled]
    tree = parse(source)
    watched = call_at(tree, place)
    rest = None if watched is None else _rest_of_line(tree, watched)
    edits = [*save_edits(source, tree, watched), *([(*rest, "")] if rest is not None else [])]
    polled = [one.after(edits) for one in polled]
    ends = {(one.lines[1], (one.columns or (0, 0))[1]): one.name for one in polled}
    return edited(source, edits), place.after(edits), ends


def _rest_of_line(tree: ast.Module, watched: ast.Call) -> tuple[int, int, int, int] | None:
    """Return what stands behind the statement that saves, on its lines, and has not run by then."""
    if in_loop(tree, watched) or in_expression_scope(tree, watched):
        return None
    for block in blocks_in(tree):
        for number, statement in enumerate(block[:-1]):
            last, end = statement.end_lineno or 0, statement.end_col_offset or 0
            if block[number + 1].lineno == last and watched in walk(statement):
                final = [one for one in block[number + 1 :] if one.lineno == last][-1]
                return last, end, final.end_lineno or 0, final.end_col_offset or 0
    return None


def without_saves(source: str) -> str:
    """Return a program whose statements save nothing.

    A slice that holds a save for other reasons, as in the body of a function, would save whenever
    it is run. What is saved is still evaluated.
    """
    return edited(source, save_edits(source, parse(source)))


def save_edits(source: str, tree: ast.Module, kept: ast.Call | None = None) -> Iterator[Edit]:
    """Yield what takes the statements out of a program that save, but for one."""
    library = library_of(tree)
    saves = [
        (node, node.value)
        for node in nodes_of(tree)
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and node.value is not kept
        and library.is_save(node.value.func)
    ]
    if not saves:
        return
    lines = lines_of(source)
    saving = {id(node) for node, _ in saves}
    # What is not all that its block has, and has lines of its own.
    dispensable = {
        id(one)
        for block in blocks_in(tree)
        for one in (block if any(id(one) not in saving for one in block) else block[:-1])
        if not lines[one.lineno - 1].encode()[: one.col_offset].strip()
        and not lines[(one.end_lineno or 1) - 1].encode()[one.end_col_offset :].strip()
    }
    for node, call in saves:
        saved = saved_by(call)
        if saved is not None:
            text = ast.get_source_segment(source, saved) or ast.unparse(saved)
            text = f"[{text}]" if isinstance(saved, ast.Starred) else f"({text})"
            is_nothing = isinstance(saved, (ast.Name, ast.Attribute))
            nothing = REMOVED if id(node) in dispensable else "pass"
            yield edit_of(node, nothing if is_nothing else text)


def _may_be(function: ast.expr, name: str) -> bool:
    """Return whether what is called may be a function of the library with that name.

    A variable may have any function, but for those that Python has itself, which may call it.
    """
    match function:
        case ast.Attribute(attr=attribute):
            return attribute == name
        case ast.Name(id=variable):
            return variable == name or not hasattr(builtins, variable)
        case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=text)]):
            return bool(text == name)
    return False


def call_at(tree: ast.Module, place: Place) -> ast.Call | None:
    """Return the call of ``save`` that is at a place."""
    first, last = place.lines
    calls = [
        node
        for node in nodes_of(tree)
        if isinstance(node, ast.Call)
        and node.lineno <= first
        and (node.end_lineno or node.lineno) >= last
        and _may_be(node.func, "save")
    ]
    if place.columns is not None:
        end = last, place.columns[1]
        return next((node for node in calls if end_of(node) == end), None)
    library = library_of(tree)

    def fit(node: ast.Call) -> tuple[bool, bool, bool, bool, int]:
        names = [each for each in walk(node) if isinstance(each, ast.Constant)]
        function = getattr(node.func, "attr", getattr(node.func, "id", ""))
        return (
            (node.lineno, node.end_lineno) == place.lines,
            any(each.value == place.name for each in names),
            library.is_save(node.func),
            function == "save",
            -((node.end_lineno or 0) - node.lineno),
        )

    return max(calls, key=fit, default=None)


def _loop_around(program: Program, number: int) -> int | None:
    """Return the innermost loop that a statement is in."""
    loop = program.parents[number]
    while loop is not None and not isinstance(program.statements[loop], LOOPS):
        loop = program.parents[loop]
    return loop


def is_there_still(program: Program, kept: set[int], number: int, watched: ast.Call) -> bool:
    """Return whether a variable that is saved has the same value when the slice has run.

    In a loop, it has where every round ends with the save, which did not make other artifacts. The
    name of an error has none after its ``except``.
    """
    (name,) = (node.id for node in [saved_by(watched)] if isinstance(node, ast.Name))
    if name in _names_of_errors(program, watched):
        return False
    if not in_loop(program.tree, watched):
        return True
    loop = program.parents[number]
    if varying_name(watched) is not None or loop is None or program.parents[loop] is not None:
        return False
    around, statement = program.statements[loop], program.statements[number]
    if not isinstance(around, LOOPS) or statement not in around.body:
        return False
    head = around.test if isinstance(around, ast.While) else around.iter
    # What goes on to the next round may change it: the condition, or what yields.
    if not isinstance(head, ast.Name) and any(
        isinstance(node, ast.Name) and node.id == name for node in walk(head)
    ):
        return False
    position = around.body.index(statement)
    leaves = (ast.Break, ast.Continue)
    if any(isinstance(node, leaves) for one in around.body[:position] for node in walk(one)):
        return False
    later = {*around.body[position + 1 :], *around.orelse}
    return name not in names_in_block([*later]).bound and not any(
        name in program.read_in(one)
        for one in range(number + 1, program.last_inside[loop] + 1)
        if one in kept
    )


def _names_of_errors(program: Program, node: ast.expr) -> set[str]:
    """Return the names that ``except`` gives what it caught, and takes away, around a node."""
    return {
        one.name
        for one in nodes_of(program.tree)
        if isinstance(one, ast.ExceptHandler) and one.name and node in walk(one)
    }


def is_changed_later(program: Program, kept: set[int], number: int, saved: ast.expr) -> bool:
    """Return whether what one run of a loop saves may be changed by what comes after that.

    It may not if the loop makes a new one each time, and uses it no more after the save.
    """
    loop = _loop_around(program, number)
    if loop is None or not isinstance(saved, ast.Name):
        return loop is not None
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


def assigned(  # noqa: PLR0913 - all that a save is
    source: str,
    program: Program,
    watched: ast.Call,
    place: Place,
    *,
    is_copied: bool,
    is_needed: bool,
) -> tuple[str, str]:
    """Return a variable for what is saved, and what stands in the place of the statement.

    Where a loop saves under several names, it is what was saved under that of the artifact.

    Args:
        source: The program.
        program: Its statements.
        watched: The call.
        place: Where that is.
        is_copied: Whether what comes later may change what is saved.
        is_needed: Whether what the statement does is needed each time that it runs.

    Raises:
        SliceError: The statement is one that nothing can stand for.
    """
    number = statement_of(program, watched)
    statement, saved, varying = program.statements[number], saved_by(watched), varying_name(watched)
    head = lines_of(source)[statement.lineno - 1].encode()
    indent, begin = head[: statement.col_offset].decode(), head[statement.col_offset :]
    if isinstance(statement, LOOPS) or begin.startswith(b"elif"):
        raise saves_again(place, statement.lineno)
    name, text = identifier(place.name), "" if saved is None else segment(source, saved)
    guard, before = "", ""
    if name in _names_of_errors(program, watched):
        name += "_saved"
    if is_copied or in_loop(program.tree, watched):
        while name in program.bound:  # what the program calls so is another
            name += "_saved"
        if varying is not None:
            guard = f"{operand(source, varying)} == {place.name!r}"
        if guard and is_needed and not isinstance(saved, ast.Name):
            before, text = text, f"{name}_value"
    if any(number in pair for pair in share_lines(program, source)):
        first = f"{text} = {before}; " if before else ""
        text = f'__import__("copy").deepcopy({text})' if is_copied else text
        return name, first + (f"{guard} and ({name} := {text})" if guard else f"{name} = {text}")
    lines = [f"{name} = copy.deepcopy({text})" if is_copied else f"{name} = {text}"]
    lines = ["import copy", *lines] if is_copied else lines
    if guard and not is_copied:
        lines = [f"if {guard}: {lines[0]}"]
    elif guard:
        lines = [f"if {guard}:", *(f"    {line}" for line in lines)]
    if before:
        lines = [f"{text} = {before}", *lines]
    return name, f"\n{indent}".join(lines)


def saves_again(place: Place, line: int) -> SliceError:
    return SliceError(
        f"The code of {place.name!r} would save again whenever it is run: it needs the statement "
        f"on line {line}, which saves. Save in a statement of its own, as in save(model, 'name')."
    )


def saving_calls(tree: ast.Module, *, top_level: bool = False) -> Iterator[ast.Call]:
    """Yield the calls of ``save`` in a program.

    Args:
        tree: The program.
        top_level: Only those that run without a call of a function.
    """
    library = library_of(tree)
    functions = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    todo: list[ast.AST] = [*tree.body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call) and library.is_save(node.func):
            yield node
        if not (top_level and isinstance(node, functions)):
            todo += parts(node)


def require_no_saves(text: str, place: Place) -> None:
    """Refuse a slice that saves at its top level.

    Raises:
        SliceError: It does.
    """
    if "save" in text and any(saving_calls(parse(text), top_level=True)):
        raise saves_again(place, place.lines[0])


def statement_of(program: Program, node: ast.AST) -> int:
    """Return the innermost numbered statement that a node is in."""
    place = (getattr(node, "lineno", 0), getattr(node, "col_offset", 0))
    found = 0
    for number, statement in enumerate(program.statements):
        end = statement.end_lineno or 0, statement.end_col_offset or 0
        if (first_line(statement), statement.col_offset) <= place <= end:
            found = number
    return found


def is_side_effect(saved: ast.expr, tree: ast.Module) -> bool:
    """Return whether what is saved is ``lineapy.file_system`` or ``lineapy.db``.

    It is no variable, and no attribute of something else, that has such a name.
    """
    root = saved.value if isinstance(saved, ast.Attribute) else saved
    name = saved.attr if isinstance(saved, ast.Attribute) else getattr(saved, "id", "")
    if name not in ("file_system", "db") or not isinstance(root, ast.Name):
        return False
    return root.id in library_of(tree).modules


def identifier(name: str) -> str:
    """Return a variable's name for an artifact's."""
    found = re.sub(r"\W", "_", name)
    if not found.isidentifier() or keyword.iskeyword(found):
        found = f"_{found}"
    return found


def pin_edits(
    source: str,
    tree: ast.Module,
    pins: Pins,
    *,
    saves: bool = False,
    watched: ast.Call | None = None,
) -> Iterator[Edit]:
    """Yield what has a program read from the store what it was given then.

    Args:
        source: The program.
        tree: The same, parsed.
        pins: Where ``get`` or ``save`` was called, and which versions it gave.
        saves: Whether they are calls of ``save``, which become calls of ``get``; statements that
            do nothing else are left.
        watched: A call that is left as it is.
    """
    if not pins:
        return
    called = "save" if saves else "get"
    statements = {id(node.value) for node in nodes_of(tree) if isinstance(node, ast.Expr)}
    for node in nodes_of(tree):
        if not isinstance(node, ast.Call) or not _may_be(node.func, called) or node is watched:
            continue
        there = pinned_at(node, pins, called)
        name = named_by(node) if saves else _argument(node, 0, "name")
        version = None if there is None else _version(source, there, name)
        if version is None or name is None:
            continue
        if saves and id(node) not in statements:
            function = node.func
            owner = "__import__('lineapy_store')"
            if isinstance(function, ast.Attribute):
                owner = segment(source, function.value)
            yield edit_of(node, f"{owner}.get({segment(source, name)}, version={version})")
        elif not saves:
            given = _argument(node, 1, "version")
            last = max([*node.args, *(one.value for one in node.keywords)], key=end_of)
            if given is not None:
                yield edit_of(given, version)
            else:
                yield *end_of(last), *end_of(last), f", version={version}"


def pinned_at(node: ast.Call, pins: Pins, called: str) -> Versions | None:
    """Return what is noted of a call of a function; without columns, by its name and line."""
    there = pins.get(end_of(node))
    function = node.func
    if there is None and called in (getattr(function, "attr", ""), getattr(function, "id", "")):
        there = pins.get((node.lineno, None))
    return there


def _version(source: str, there: Versions, name: ast.expr | None) -> str | None:
    """Return the text of the version that was given under a name; None if it was several."""
    if name is None or None in there.values():
        return None
    if len(there) == 1:
        return repr(*there.values())
    if any(isinstance(node, (ast.Call, ast.NamedExpr, ast.Starred)) for node in walk(name)):
        return None  # twice, it may be another
    return f"{dict(there)!r}[{segment(source, name)}]"


def _argument(node: ast.Call, position: int, name: str) -> ast.expr | None:
    """Return an argument of a call."""
    found = next((one.value for one in node.keywords if one.arg == name), None)
    given = node.args[: position + 1]
    if (
        found is None
        and len(given) > position
        and not any(isinstance(one, ast.Starred) for one in given)
    ):
        return given[position]
    return found


def end_of(node: ast.expr) -> tuple[int, int]:
    """Return the last line and column of an expression, which of calls no two have in common."""
    return node.end_lineno or 0, node.end_col_offset or 0
