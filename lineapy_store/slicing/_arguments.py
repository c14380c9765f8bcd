"""Programs that read the arguments of the command that runs them."""

from __future__ import annotations

import ast
import re
import sys
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import SliceError
from lineapy_store.slicing._program import nodes_of, parse, walk
from lineapy_store.slicing._render import lines_of
from lineapy_store.slicing._stores import PACKAGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_PARSERS = frozenset(["absl", "argparse", "click", "docopt", "fire", "getopt", "optparse", "typer"])
# Those of them that run functions as commands, after which they end the program.
_RUN_COMMANDS = frozenset(["absl", "click", "typer"])
# Which have to come first in a file.
_HEAD = re.compile(r"#!|#.*coding[:=]")


def reads_arguments(node: ast.AST) -> bool:
    """Return whether a part of a program may read the arguments of its command."""
    match node:
        case ast.Import(names=names):
            return any(one.name.partition(".")[0] in _PARSERS for one in names)
        case ast.ImportFrom(module=module, names=names):
            tops = {(module or "").partition(".")[0], *(one.name for one in names)}
            return not tops.isdisjoint(_PARSERS | {"argv"})
    return isinstance(node, ast.Attribute) and node.attr == "argv"


def runs_commands(tree: ast.AST) -> bool:
    """Return whether a program has a library that ends it when a command was run."""
    return not _RUN_COMMANDS.isdisjoint(_modules(tree))


def with_arguments(
    text: str,
    arguments: Sequence[str] | None,
    source: str,
    facts: Mapping[str, Any],
    name: str,
) -> str:
    """Return a slice that reads the arguments that its program was given, if it reads any.

    Args:
        text: The slice.
        arguments: Those of the command; None if they are not known.
        source: The program.
        facts: What was seen of it.
        name: The artifact's.

    Raises:
        SliceError: They are not known.
    """
    if arguments is not None and not arguments:
        return text
    tree = parse(text)
    if not any(map(reads_arguments, nodes_of(tree))):
        # Who was given arguments, and does not read them, has a module of its own that does.
        reads = any(map(reads_arguments, nodes_of(parse(source))))
        if reads or not any(_is_own(one, facts) for one in _modules(tree)):
            return text
    if arguments is None:
        raise SliceError(
            f"The code of {name!r} reads the arguments of its command, of which nothing was kept, "
            "as one of them may be a secret. Take that one from the environment or from a file."
        )
    lines = lines_of(text)
    where, is_imported = _head(tree, lines, facts)
    new = "" if is_imported else "import sys\n"
    return "".join([*lines[:where], f"{new}sys.argv[1:] = {[*arguments]!r}\n", *lines[where:]])


def _head(tree: ast.Module, lines: Sequence[str], facts: Mapping[str, Any]) -> tuple[int, bool]:
    """Return after which line nothing has read the arguments yet, and whether ``sys`` is there."""
    where = next((n for n, line in enumerate(lines[:2]) if not _HEAD.match(line)), len(lines[:2]))
    for one in tree.body:
        if isinstance(one, ast.Import) and lines[one.lineno - 1].strip() == "import sys":
            return one.lineno, True
        if isinstance(one, ast.ImportFrom) and one.module == "__future__":
            where = one.end_lineno or where
        elif not isinstance(one, (ast.Import, ast.ImportFrom)) or any(
            _is_own(module, facts) for module in _modules(one)
        ):
            break
    return where, False


def _modules(tree: ast.AST) -> Iterator[str]:
    """Yield the packages that a part of a program imports from."""
    for node in walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name.partition(".")[0] for one in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").partition(".")[0]


def _is_own(module: str, facts: Mapping[str, Any]) -> bool:
    """Return whether a module is of the program's own."""
    installed = {*facts.get("packages", ()), *PACKAGES}
    return module not in installed and module not in sys.stdlib_module_names
