"""Statements at the top level of a session: what they are, and whether functions can have them."""

from __future__ import annotations

import ast
import builtins
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lineapy_store.errors import SliceError
from lineapy_store.slicing._program import Names, Program, names_in_block, parse, walk
from lineapy_store.slicing._render import first_line, lines_of, share_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BUILTINS = frozenset(dir(builtins))
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_DYNAMIC = ("exec", "eval", "locals", "vars", "dir")
_IMPORTS = (ast.Import, ast.ImportFrom)


@dataclass(frozen=True, kw_only=True)
class Unit:
    """Statements at the top level of a session that cannot be parted: nearly always one.

    Attributes:
        text: Their lines, and the comments above them.
        body: The statements.
        names: The names in them.
    """

    text: str
    body: list[ast.stmt]
    names: Names

    @functools.cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes in them."""
        return [node for statement in self.body for node in walk(statement)]


def units_of(text: str, *, dropped_as_comment: bool = False) -> list[Unit]:
    """Return the units of a program that can stand in functions.

    Raises:
        SliceError: It has a statement that means something else there.
    """
    units = list(_units(text, dropped_as_comment=dropped_as_comment))
    _require_functions(units)
    return units


def _units(text: str, *, dropped_as_comment: bool) -> Iterator[Unit]:
    program = Program(parse(text))
    lines = lines_of(text)
    body = program.tree.body
    tops = {program.numbers[id(statement)]: index for index, statement in enumerate(body)}
    joined = set()
    for pair in share_lines(program):
        one, other = (_top(program, number) for number in pair)
        if one != other:
            joined.add(tops[other])
    start = 0
    for index, statement in enumerate(body):
        if index in joined:
            continue
        last = index
        while last + 1 in joined:
            last += 1
        end = body[last].end_lineno or body[last].lineno
        between = lines[start : first_line(statement) - 1]
        own = [
            line
            for line in between
            if line.strip() and (dropped_as_comment or line.lstrip().startswith("#"))
        ]
        part = body[index : last + 1]
        yield Unit(
            text="".join([*own, *lines[first_line(statement) - 1 : end]]),
            body=part,
            names=names_in_block(part),
        )
        start = end


def _top(program: Program, number: int) -> int:
    parent = program.parents[number]
    return number if parent is None else _top(program, parent)


def _require_functions(units: Sequence[Unit]) -> None:
    """Refuse statements that mean something else in a function.

    Raises:
        SliceError: There is one.
    """
    binds = False
    for unit in units:
        for statement in unit.body:
            outside = {id(node) for node in _outside_functions(statement)}
            for node in walk(statement):
                why = _obstacle(node, is_outside=id(node) in outside)
                if isinstance(node, ast.alias) and node.name == "*" and binds:
                    why = "imports all names of a module after other statements"
                if why:
                    raise SliceError(
                        f"The code cannot stand in a function, since it {why}: "
                        f"{ast.unparse(statement)[:200]!r}. Rewrite that statement."
                    )
        binds = binds or not (is_import(unit) or is_definition(unit))


def _obstacle(node: ast.AST, *, is_outside: bool) -> str:
    """Return why a part of a statement means something else in a function, if it does."""
    if is_outside and isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)):
        return "awaits at the top level"
    if isinstance(node, ast.Subscript) and ast.unparse(node) == "sys.modules[__name__]":
        return "looks up its own module"
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
        return ""
    name = node.func.id
    # With names of their own, or of an object, they do the same anywhere.
    is_explicit = len(node.args) > (0 if name in ("vars", "dir") else 1)
    if name == "globals" or (name in _DYNAMIC and is_outside and not is_explicit):
        return f"calls {name}"
    return f"calls {name}" if name in ("exec", "eval") and not is_explicit else ""


def _outside_functions(statement: ast.stmt) -> Iterator[ast.AST]:
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            todo += ast.iter_child_nodes(node)


def literal_of(unit: Unit) -> tuple[str, ast.expr] | None:
    """Return name and value of a unit that gives one name a literal value."""
    if len(unit.body) != 1:
        return None
    (statement,) = unit.body
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target, value = statement.targets[0], statement.value
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target, value = statement.target, statement.value
    else:
        return None
    try:
        ast.literal_eval(value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None
    return (target.id, value) if isinstance(target, ast.Name) else None


def binders_of(units: Sequence[Unit]) -> dict[str, list[int]]:
    """Return which units give each name a meaning."""
    found: dict[str, list[int]] = {}
    for index, unit in enumerate(units):
        names = set(unit.names.bound)
        names.update(
            name for node in unit.nodes if isinstance(node, ast.Global) for name in node.names
        )
        for name in names:
            found.setdefault(name, []).append(index)
    return found


def shown(unit: Unit, name: str) -> str:
    """Return the statement of a unit that gives a name a value, or its first line."""
    for node in unit.nodes:
        if not isinstance(node, ast.stmt) or isinstance(node, (ast.If, ast.Try, ast.While)):
            continue
        heads: list[ast.AST] = [node]
        if isinstance(node, (ast.For, ast.AsyncFor)):
            heads = [node.target]
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            heads = [*node.items]
        names = names_in_block(heads).bound
        if name in names or (isinstance(node, ast.Global) and name in node.names):
            return _first_line_of(unit, node)
    return _first_line_of(unit, unit.body[0])


def _first_line_of(unit: Unit, statement: ast.stmt) -> str:
    lines = lines_of(unit.text)
    last = unit.body[-1].end_lineno or statement.lineno
    line = lines[len(lines) - 1 - (last - statement.lineno)].encode()
    end = statement.end_col_offset if statement.lineno == statement.end_lineno else None
    return line[statement.col_offset : end].decode().strip()[:100]


def why_not_literal(unit: Unit, name: str) -> str:
    """Return why a unit does not give a name a value that could be another one."""
    statement = unit.body[0]
    if len(unit.body) > 1:
        return "its statement shares a line with others"
    around = _first_line_of(unit, statement)
    is_block = isinstance(statement, (ast.If, ast.Try, ast.With, ast.For, ast.While, ast.Match))
    if is_block and around != shown(unit, name):
        return f"it is given a value inside another statement, {around!r}"
    targets = statement.targets if isinstance(statement, ast.Assign) else []
    is_single = len(targets) == 1 and isinstance(targets[0], ast.Name)
    if name in names_in_block(targets).bound and not is_single:
        return "its statement gives several variables a value"
    return "its value is not a literal"


def assigned(unit: Unit, marker: str) -> ast.Assign | None:
    """Return the statement at a unit's top level that assigns to a marker, if there is one."""
    for statement in unit.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)]) if name == marker:
                return statement
    return None


def only_imports(unit: Unit) -> bool:
    """Return whether a unit is nothing but imports."""
    return all(isinstance(one, _IMPORTS) for one in unit.body)


def is_import(unit: Unit) -> bool:
    """Return whether a unit only imports, perhaps one of several modules."""
    statements = [node for node in unit.nodes if isinstance(node, ast.stmt)]
    return any(isinstance(one, _IMPORTS) for one in statements) and all(
        isinstance(one, (*_IMPORTS, ast.Try, ast.If, ast.Pass, ast.Raise))
        or (isinstance(one, ast.Assign) and isinstance(one.value, ast.Constant))
        for one in statements
    )


def is_definition(unit: Unit) -> bool:
    """Return whether a unit only defines, and what it defines has no state that it can see."""
    if not all(isinstance(one, _DEFINITIONS) for one in unit.body):
        return False
    if any(isinstance(node, (ast.Global, ast.Nonlocal)) for node in unit.nodes):
        return False
    defaults = [
        default
        for node in unit.nodes
        if isinstance(node, ast.arguments)
        for default in (*node.defaults, *node.kw_defaults)
        if default is not None
    ]
    return all(_is_immutable(default) for default in defaults)


def is_constant(unit: Unit) -> bool:
    """Return whether a unit gives one name a literal that cannot be changed."""
    literal = literal_of(unit)
    return literal is not None and _is_immutable(literal[1])


def _is_immutable(value: ast.expr) -> bool:
    mutable = (ast.List, ast.Dict, ast.Set, ast.Call)
    return not any(isinstance(node, mutable) for node in walk(value))
