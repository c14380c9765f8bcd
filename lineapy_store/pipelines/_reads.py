"""Where sessions read artifacts: what takes the place of that if the pipeline makes them."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from lineapy_store.slicing._frames import statement_in
from lineapy_store.slicing._program import bound_by, in_expression_scope
from lineapy_store.slicing._render import Edit, edit_of
from lineapy_store.slicing._slice import identifier

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from lineapy_store.slicing._capture_session import Session


def variables_of(
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


def with_variables(
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
