"""Parts of scripts: slices, and the smallest scripts that still do what matters."""

from __future__ import annotations

import ast
import contextlib
import importlib
from dataclasses import dataclass
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
    shrink(tree, lambda smaller: keeps(ast.unparse(smaller)), unwrap=unwrap)
    return ast.unparse(tree)


def shrink(tree: ast.Module, keeps: Callable[[ast.Module], bool], *, unwrap: bool = False) -> None:
    """Take the statements out of a script that can be removed one by one; see ``shrunk``."""
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


@dataclass(frozen=True)
class Change:
    """Other values for some of the constants of a script, which are in it or not any more."""

    constants: tuple[ast.Constant, ...]
    value: Any

    @contextlib.contextmanager
    def made(self) -> Iterator[None]:
        """Have the constants be the others."""
        before = [constant.value for constant in self.constants]
        for constant in self.constants:
            constant.value = self.value
        try:
            yield
        finally:
            for constant, value in zip(self.constants, before, strict=True):
                constant.value = value


def changes(tree: ast.Module) -> Iterator[Change]:
    """Yield changes of each constant of a script, and of all texts that are equal at once."""
    in_texts = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, (ast.JoinedStr, ast.Expr))
        for part in ast.iter_child_nodes(node)
    }
    texts: dict[str, list[ast.Constant]] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in in_texts:
            continue
        if isinstance(node.value, str):
            texts.setdefault(node.value, []).append(node)
        elif isinstance(node.value, bool):
            yield Change((node,), value=not node.value)
        elif isinstance(node.value, (int, float)):
            yield Change((node,), node.value + 1)
            yield Change((node,), node.value - 1)
        elif node.value is None:
            yield Change((node,), 0)
    for text, nodes in texts.items():
        yield Change(tuple(nodes), f"{text}x")
        if len(nodes) > 1:
            yield from (Change((node,), f"{text}x") for node in nodes)


def _attempt(
    tree: ast.Module,
    body: list[ast.stmt],
    statement: ast.stmt,
    replacement: list[ast.stmt],
    keeps: Callable[[ast.Module], bool],
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
        if keeps(tree):
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
