"""Where sessions read artifacts: what takes the place of that if the pipeline makes them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lineapy_store.slicing._capture_session import pins_of
from lineapy_store.slicing._chain import statement_in
from lineapy_store.slicing._program import SCOPES, bound_by, in_expression_scope, walk
from lineapy_store.slicing._render import REMOVED, Edit, edit_of, lines_of
from lineapy_store.slicing._saves import identifier, pinned_at

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from lineapy_store.slicing._capture_session import Pins, Session


def variables_of(
    session: Session, tree: ast.Module, made: Collection[tuple[str, str, int]]
) -> dict[str, str]:
    """Return variables for the artifacts that were read and that the pipeline makes.

    Where the program has a variable ``copy`` of its own, they are still read from the store.
    """
    places = _places(session, tree, made)
    if not places:
        return {}
    bound = {name for node in walk(tree) if (name := bound_by(node)) is not None}
    if "copy" in bound and "import copy\n" not in session.source:
        return {}
    found: dict[str, str] = {}
    for name, _ in places:
        variable = f"{identifier(name)}_as_saved"
        while variable in bound:
            variable += "_"
        found[name] = variable
    return found


def names_read(session: Session, made: Collection[tuple[str, str, int]]) -> set[str]:
    """Return the names of artifacts that a session read and that the pipeline makes."""
    return {
        read["name"]
        for read in session.reads
        if (read["catalog"], read["name"], read["version"]) in made
    }


def versions_read(session: Session, reused: Mapping[str, int | str | None]) -> Pins:
    """Return the versions for each place where some were read.

    Of what is reused, it is another version, or whichever there is.
    """

    def wanted(name: str, version: int | str | None) -> int | str | None:
        if version is None or name not in reused:
            return version
        return "latest" if reused[name] is None else reused[name]

    pins = {
        place: {name: wanted(name, version) for name, version in there.items()}
        for place, there in session.read_at.items()
    }
    return {place: there for place, there in pins.items() if [*there.values()] != ["latest"]}


def _places(
    session: Session, tree: ast.Module, made: Collection[tuple[str, str, int]]
) -> list[tuple[str, ast.Call]]:
    """Return where the values of artifacts were read that the pipeline makes."""
    mine = pins_of(
        read for read in session.reads if (read["catalog"], read["name"], read["version"]) in made
    )
    if not mine:
        return []
    found: list[tuple[str, ast.Call]] = []
    for node, call in _values_read(tree):
        # Where one version of one artifact alone was read.
        there = pinned_at(call, session.read_at, "get")
        if there and len(there) == 1 and there == pinned_at(call, mine, "get"):
            ((name, version),) = there.items()
            found += [(name, node)] * (version is not None)
    return found


def _values_read(tree: ast.Module) -> Iterator[tuple[ast.Call, ast.Call]]:
    """Yield calls of ``get_value``, and the calls that return what they are methods of."""
    for node in walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Call() | ast.Name() as value, attr="get_value"),
                args=[],
                keywords=[],
            ):
                made = value if isinstance(value, ast.Call) else _value_at(tree, value)
                if isinstance(made, ast.Call):
                    yield node, made


def _value_at(tree: ast.Module, variable: ast.Name) -> ast.expr | None:
    """Return what surely was assigned last to a variable where it is read; None if unknown."""
    name = variable.id
    values: list[ast.expr] = []
    for body in _bodies(tree):
        before = [_assigned(statement, name) for statement in body]
        own = [value for value in before if value is not None]
        if not own:
            continue
        if len(own) != sum(bound_by(node) == name for node in walk(tree)):
            return None  # it has other values elsewhere
        at = next((number for number, one in enumerate(body) if variable in walk(one)), None)
        if len(own) == 1 and (at is not None or body is tree.body):
            return own[0]
        if at is not None and not _is_in_scope(body[at], variable):
            values = [value for value in before[:at] if value is not None]
    return values[-1] if values else None


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    """Yield the statements of a module, and of each function."""
    for node in walk(tree):
        if isinstance(node, (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.body


def _assigned(statement: ast.stmt, name: str) -> ast.expr | None:
    """Return what a statement assigns to a name, and to nothing else."""
    match statement:
        case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
            return value
        case ast.AnnAssign(target=ast.Name(id=target), value=value) if target == name:
            return value
    return None


def _is_in_scope(statement: ast.stmt, node: ast.AST) -> bool:
    """Return whether a node is in a function or class that is in a statement."""
    return any(isinstance(one, SCOPES) and node in walk(one) for one in walk(statement))


def with_variables(
    session: Session,
    tree: ast.Module,
    made: Collection[tuple[str, str, int]],
    variables: Mapping[str, str],
) -> list[Edit]:
    """Return what has a program use variables instead of reading artifacts from the store."""
    if not variables:
        return []
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
    return found + list(_without_artifacts(session.source, tree, [node for _, node in places]))


def _without_artifacts(source: str, tree: ast.Module, read: Sequence[ast.Call]) -> Iterator[Edit]:
    """Yield what takes out the variables of artifacts of which only the values were read."""
    lines = lines_of(source)
    unneeded = {id(part) for node in read for part in walk(node) if isinstance(part, ast.Name)}
    names = {part.id for node in read for part in walk(node) if isinstance(part, ast.Name)}
    names -= {
        node.id
        for node in walk(tree)
        if isinstance(node, ast.Name)
        and isinstance(node.ctx, ast.Load)
        and id(node) not in unneeded
    }
    for body in _bodies(tree):
        for statement in body[:-1]:
            last = statement.end_lineno or statement.lineno
            around = lines[statement.lineno - 1].encode()[: statement.col_offset]
            around += lines[last - 1].encode()[statement.end_col_offset :]
            if not around.strip() and any(
                isinstance(value := _assigned(statement, name), ast.Call)
                and getattr(value.func, "attr", "") == "get"
                for name in names
            ):
                yield edit_of(statement, REMOVED)
