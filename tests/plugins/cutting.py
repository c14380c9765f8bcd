"""Parts of scripts: slices, and the smallest scripts that still do what matters."""

from __future__ import annotations

import ast
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def slice_of(source: str, target: str, facts: Mapping[str, Any] | None = None) -> str:
    """Return our slice of a script for one of its variables.

    Args:
        source: The script.
        target: The variable.
        facts: What was seen of its live variables.
    """
    # Not before it is asked for: the servers that run scripts have no use for it.
    slicing: Any = importlib.import_module("lineapy_store.slicing")
    text: str = slicing.slice_source(source, target=target, facts=facts)
    return text


def count_statements(source: str) -> int:
    """Return the number of statements, in compound ones too, without those that do nothing."""
    return sum(
        isinstance(node, ast.stmt) and not isinstance(node, ast.Pass)
        for node in ast.walk(ast.parse(source))
    )


def shrunk(source: str, keeps: Callable[[str], bool], *, unwrap: bool = False) -> str:
    """Return a script without the statements that can be removed one by one, as Python writes it.

    Args:
        source: A script.
        keeps: Whether a smaller script still does what matters.
        unwrap: Also replace compound statements by what is in them.
    """
    tree = ast.parse(source)
    changed = True
    while changed:
        changed = False
        # From the end: what uses a variable goes before what makes it.
        for body, statement in reversed(list(_statements(tree))):
            if _attempt(tree, body, statement, [], keeps) or (
                unwrap
                and any(_attempt(tree, body, statement, b, keeps) for b in _bodies(statement))
            ):
                changed = True
    return ast.unparse(tree)


def _attempt(
    tree: ast.Module,
    body: list[ast.stmt],
    statement: ast.stmt,
    replacement: list[ast.stmt],
    keeps: Callable[[str], bool],
) -> bool:
    """Replace a statement, if what matters is kept."""
    if statement not in body or isinstance(statement, ast.Pass):
        return False
    before = body[:]
    index = body.index(statement)
    body[index : index + 1] = replacement
    if not body and body is not tree.body:
        body.append(ast.Pass())
    try:
        if keeps(ast.unparse(tree)):
            return True
    except ValueError:  # no program
        pass
    body[:] = before
    return False


def _statements(node: ast.AST) -> Iterator[tuple[list[ast.stmt], ast.stmt]]:
    for body in _bodies(node):
        for statement in list(body):
            yield body, statement
            yield from _statements(statement)


def _bodies(node: ast.AST) -> Iterator[list[ast.stmt]]:
    for name in ("body", "handlers", "orelse", "finalbody", "cases"):
        members = getattr(node, name, None)
        if not isinstance(members, list):
            continue
        if name in ("handlers", "cases"):
            for member in members:
                yield from _bodies(member)
        else:
            yield members
