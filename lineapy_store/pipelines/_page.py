"""A program's text, into which lines are put without changing the numbers of the others."""

from __future__ import annotations

import ast
import functools
from typing import TYPE_CHECKING

from lineapy_store.errors import SliceError
from lineapy_store.pipelines._units import BUILTINS
from lineapy_store.slicing._chain import call_that_ends
from lineapy_store.slicing._program import bound_by, parse, walk
from lineapy_store.slicing._render import Edit, edit_of, edited, lines_of, operand, segment
from lineapy_store.slicing._saves import is_side_effect

if TYPE_CHECKING:
    from collections.abc import Sequence


class Page:
    """The lines of a program, to be changed without changing their numbers.

    Args:
        source: The program.

    Attributes:
        tree: As it was parsed.
        is_copied: Whether something that was put into it needs the module ``copy``.
        is_keeping: Whether it needs the dictionary ``kept``.
    """

    def __init__(self, source: str) -> None:
        source = source if source.endswith("\n") else f"{source}\n"
        self.tree = parse(source)
        self._source = source
        self._edits: list[Edit] = []
        self._before: dict[int, list[str]] = {}
        self._after: dict[int, list[str]] = {}
        self.is_copied = False
        self.is_keeping = False
        self._values: dict[int, str] = {}
        self._taken = {"copy", "lineapy_store", *BUILTINS}
        for node in walk(self.tree):
            self._taken.add(node.id if isinstance(node, ast.Name) else bound_by(node) or "")

    @property
    def text(self) -> str:
        """The program as it is now."""
        return "".join(
            "".join([*self._before.get(number, ()), line, *self._after.get(number, ())])
            for number, line in enumerate(lines_of(edited(self._source, self._edits)), 1)
        )

    @functools.cached_property
    def library(self) -> str:
        """The name by which the library is imported, where that is not one of the program's."""
        return self._module("lineapy_store")

    @functools.cached_property
    def copier(self) -> str:
        """The same for the module ``copy``."""
        return self._module("copy")

    @functools.cached_property
    def kept(self) -> str:
        """The name of a dictionary for what functions save."""
        self.is_keeping = True
        return self.fresh("saved")

    def _module(self, name: str) -> str:
        """Return a name that is a module wherever the program has it."""
        is_free = all(
            isinstance(node, ast.alias) and node.name == name
            for node in walk(self.tree)
            if bound_by(node) == name
        )
        return name if is_free else self.fresh(name)

    def copied(self, variable: str) -> str:
        """Return the expression for a copy of what a variable holds."""
        self.is_copied = True
        return f"{self.copier}.deepcopy({variable})"

    def append(self, statement: ast.stmt, texts: Sequence[str]) -> None:
        """Put lines behind a statement at the top level."""
        number = statement.end_lineno or statement.lineno
        self._after.setdefault(number, []).extend(f"{text}\n" for text in texts)

    def fresh(self, name: str) -> str:
        """Return a name like the given one that the program does not have, and give it to it."""
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name

    def segment(self, node: ast.expr) -> str:
        """Return the text that an expression had at first."""
        return segment(self._source, node)

    def operand(self, node: ast.expr) -> str:
        """Return the same, as it can stand beside ``==``."""
        return operand(self._source, node)

    def value_of(self, call: ast.Call, saved: ast.expr, name: str) -> tuple[str, list[str]]:
        """Return what has the value that a call saves, and the statements that give it that.

        It is evaluated once, also if several artifacts are saved by the call. A variable has it,
        since others may need what its evaluation does.
        """
        if isinstance(saved, ast.Name) or is_side_effect(saved, self.tree):
            return self.segment(saved), []
        if id(call) in self._values:
            return self._values[id(call)], []
        variable = self._values[id(call)] = self.fresh(name)
        self._edits.append(edit_of(saved, variable))
        return variable, [f"{variable} = {self.segment(saved)}"]

    def go_on(self, statement: ast.stmt, *, is_direct: bool) -> None:
        """Have a statement call what it calls, but not end the program after that.

        Args:
            statement: One at the top level.
            is_direct: Whether it is no library that it calls.
        """
        call, is_command = call_that_ends(statement, self.tree, is_direct=is_direct)
        if call is None:
            return
        edit = edit_of(statement, f"{'    ' * is_command}{self.segment(call)}")
        if edit in self._edits:
            return
        self._edits.append(edit)
        if is_command:
            self.insert(statement, ["try:"])
            self.append(statement, ["except SystemExit:", "    pass"])

    def insert(self, statement: ast.stmt, texts: Sequence[str], *, first: bool = False) -> None:
        """Put lines before a statement, behind or before those that were put there before.

        Raises:
            SliceError: It shares its line with what is before it.
        """
        line = lines_of(self._source)[statement.lineno - 1]
        indent = line.encode()[: statement.col_offset].decode()
        if indent.strip():
            raise SliceError(
                f"A save shares its line with other statements: {line.strip()!r}. Give it a line "
                "of its own."
            )
        lines = [f"{indent}{text}\n" for text in texts]
        known = self._before.setdefault(statement.lineno, [])
        self._before[statement.lineno] = [*lines, *known] if first else [*known, *lines]
