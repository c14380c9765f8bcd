"""The text of a slice: the user's own lines, without those that do not matter."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, NamedTuple

from lineapy_store.slicing._program import SCOPES, blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from lineapy_store.slicing._program import Program

#: In the place of a statement that has been taken out; no line of a text that is rendered.
REMOVED = "#\N{ZERO WIDTH SPACE}removed"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|$)")
_INDENT = re.compile(r"\s*")
_ELSE = re.compile(r"\s*(else|finally)\s*:")


def lines_of(source: str) -> list[str]:
    """Return the lines as Python counts them, with their ends."""
    lines = _LINE.findall(source)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def first_line(statement: ast.stmt) -> int:
    """Return the number of the line on which a statement begins, decorators included."""
    decorators = getattr(statement, "decorator_list", ())
    return min((statement.lineno, *(int(one.lineno) for one in decorators)))


#: First line and column, last line and column, and the text to be there.
Edit = tuple[int, int, int, int, str]


def edit_of(node: ast.expr | ast.stmt, text: str) -> Edit:
    """Return the edit that puts a text in the place of a part of a program."""
    last, end = node.end_lineno or node.lineno, node.end_col_offset or 0
    return node.lineno, node.col_offset, last, end, text


def edited(source: str, edits: Iterable[Edit]) -> str:
    """Return a program with other texts for some of its parts, on as many lines as before."""
    return "".join(edited_lines(source, edits))


def edited_lines(source: str, edits: Iterable[Edit]) -> list[str]:
    """Return what stands for each line of a program that has other texts for some of its parts."""
    lines = lines_of(source)
    for first, begin, last, end, text in _from_the_end(edits):
        before = lines[first - 1].encode()[:begin].decode()
        after = lines[last - 1].encode()[end:].decode()
        missing = max(last - first - text.count("\n"), 0)
        line = before + text + after
        line = line if line.strip() else "\n"
        lines[first - 1 : last] = [line + "\n" * missing, *[""] * (last - first)]
    return lines


def _from_the_end(edits: Iterable[Edit]) -> list[Edit]:
    """Return edits but for those inside others, the last first: what is before stays in place."""
    found: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: (*edit[:2], -edit[2], -edit[3])):
        is_put_in = edit[:2] == edit[2:4]
        if not found or edit[:2] >= found[-1][2:4] or (is_put_in and edit[:2] == found[-1][:2]):
            found.append(edit)
    return sorted(found, reverse=True)


def moved(place: tuple[int, int], edits: Iterable[Edit]) -> tuple[int, int]:
    """Return where a line and a column are when a program has been edited."""
    line, column = place
    for first, begin, last, end, text in _from_the_end(edits):
        if last == line and end <= column:
            *before, tail = text.split("\n")
            line = first + len(before)
            column += len(tail.encode()) - end + (0 if before else begin)
    return line, column


def segment(source: str, node: ast.expr) -> str:
    """Return the text of an expression, as it can stand for a value anywhere."""
    if isinstance(node, ast.Starred):
        return f"[{ast.get_source_segment(source, node) or ast.unparse(node)}][0]"
    text = ast.get_source_segment(source, node) or ast.unparse(node)
    bare = (ast.NamedExpr, ast.Yield, ast.YieldFrom)
    return f"({text})" if "\n" in text or isinstance(node, bare) else text


def operand(source: str, node: ast.expr) -> str:
    """Return the text of an expression, as it can stand beside ``==``."""
    text = segment(source, node)
    loose = (ast.IfExp, ast.Lambda, ast.BoolOp, ast.Compare, ast.UnaryOp)
    return f"({text})" if isinstance(node, loose) else text


def share_lines(program: Program, source: str = "") -> Iterator[tuple[int, int]]:
    """Yield pairs of statements that are on one line, and so are kept or dropped together.

    Args:
        program: The statements.
        source: Their text, of which lines may go on after a backslash.
    """
    lines = lines_of(source) if "\\" in source else []
    last: tuple[int, int] | None = None
    for number, statement in enumerate(program.statements):
        inside = next(blocks(statement), None)
        # Of a compound statement, the part that is not one of the statements in it.
        end = statement.end_lineno or statement.lineno
        if inside is not None:
            end = min(end, max(statement.lineno, first_line(inside[0]) - 1))
            if first_line(inside[0]) == statement.lineno:
                end = statement.lineno
        if last is not None and first_line(statement) <= _end_of_line(lines, last[1]):
            yield last[0], number
        if last is None or end >= last[1]:
            last = number, end


def _end_of_line(lines: list[str], number: int) -> int:
    """Return the last line that a line goes on in."""
    while number <= len(lines) and lines[number - 1].rstrip("\r\n").endswith("\\"):
        number += 1
    return number


def render(  # noqa: PLR0913 - what there is to say of a text
    source: str,
    program: Program,
    kept: set[int],
    *,
    replaced: Mapping[int, str] | None = None,
    inside: AbstractSet[int] = frozenset(),
    dropped_as_comment: bool = False,
    original: str | None = None,
) -> str:
    """Return the text of the statements that are kept.

    Args:
        source: The whole text.
        program: Its statements.
        kept: Their numbers; with a statement, what it is in is kept, too.
        replaced: Other texts for some of them.
        inside: The ``id`` of statements in functions that are not kept.
        dropped_as_comment: Whether the other lines become comments instead of going.
        original: The text as the user has it, line by line, if it has been changed.
    """
    page = _Page(lines_of(source), program, kept, inside, replaced or {})
    page.mark(program.tree.body)
    for number, text in (replaced or {}).items():
        page.replace(program.statements[number], text)
    return page.text(
        lines_of(source if original is None else original) if dropped_as_comment else []
    )


class _Page:
    """The lines of a text, and which of them stay."""

    def __init__(
        self,
        lines: list[str],
        program: Program,
        kept: set[int],
        dropped: AbstractSet[int],
        replaced: Mapping[int, str],
    ) -> None:
        self._lines = lines
        self._dropped = dropped
        self._numbers = program.numbers
        self._kept = kept
        self._replaced = {id(program.statements[number]) for number in replaced}
        # For each line: True to keep it, False to drop it, None for what belongs to the next.
        self._fate: list[bool | None] = [None] * (len(lines) + 2)
        self._passes: dict[int, str] = {}

    def mark(self, body: list[ast.stmt]) -> None:
        """Decide about the lines of some statements."""
        for statement in body:
            begin, end = first_line(statement), statement.end_lineno or statement.lineno
            keep = self._keeps(statement)
            inner = list(blocks(statement))
            if isinstance(statement, SCOPES) and self._dropped:
                inner = [body] if isinstance(body := statement.body, list) else []
            if not keep or not inner or id(statement) in self._replaced:
                self._fill(begin, end, keep=keep)
                continue
            self._fill(begin, max(first_line(inner[0][0]) - 1, statement.lineno), keep=True)
            before: int | None = None
            for block in inner:
                self.mark(block)
                self._mark_heading(statement, block, before)
                before = block[-1].end_lineno

    def _keeps(self, statement: ast.stmt) -> bool:
        number = self._numbers.get(id(statement))
        return id(statement) not in self._dropped if number is None else number in self._kept

    def _mark_heading(self, statement: ast.stmt, block: list[ast.stmt], before: int | None) -> None:
        """Decide about ``else:`` and its like, and put ``pass`` where nothing is left."""
        is_empty = not any(map(self._keeps, block))
        # Without its ``else`` a statement does the same, but not without ``except`` or ``case``;
        # and without its ``finally``, if there is an ``except``.
        optional = [getattr(statement, "orelse", None)]
        if getattr(statement, "handlers", ()):
            optional.append(getattr(statement, "finalbody", None))
        is_needed = not any(block is one for one in optional)
        first = first_line(block[0])
        for line in range(first if before is None else before + 1, first):
            text = self._lines[line - 1]
            if text.strip() and not text.lstrip().startswith("#"):
                self._fate[line] = is_needed or not is_empty or not _ELSE.match(text)
        heading = self._lines[first - 1].encode()[: block[0].col_offset].decode()
        if is_empty and is_needed and heading.strip() and first > statement.lineno:
            # ``except ValueError: found = None``, all on one line.
            self._lines[first - 1] = f"{heading}pass\n"
            self._fate[first] = True
        elif is_empty and is_needed:
            indent = _INDENT.match(self._lines[first - 1])
            end = block[-1].end_lineno or block[-1].lineno
            self._passes[end] = f"{indent.group() if indent else ''}pass\n"

    def replace(self, statement: ast.stmt, text: str) -> None:
        """Put another text in the place of a statement, which may share its lines with others."""
        first, last = statement.lineno, statement.end_lineno or statement.lineno
        before = self._lines[first - 1].encode()[: statement.col_offset].decode()
        after = self._lines[last - 1].encode()[statement.end_col_offset :].decode()
        if text == "pass" and before.rstrip().endswith(";"):
            before, text = before.rstrip()[:-1], ""
        self._lines[first - 1] = before + text + after
        for line in range(first + 1, last + 1):
            self._fate[line] = False

    def _fill(self, begin: int, end: int, *, keep: bool) -> None:
        for line in range(begin, end + 1):
            if self._fate[line] is not True:
                self._fate[line] = keep

    def text(self, comments: Sequence[str]) -> str:
        """Return the lines that stay as a text.

        Args:
            comments: What the others are as comments; empty if they go.
        """
        out: list[_Line] = []
        between: list[str] = []
        follows_kept = True
        for number, line in enumerate(self._lines, 1):
            if self._fate[number] is None:
                between.append(line)
            elif self._fate[number]:
                stays = between if follows_kept or comments else _belonging(between)
                out += [*map(_Line, stays), _Line(line, is_of_statement=True)]
                between, follows_kept = [], True
            else:
                if comments:
                    out += map(_Line, [*between, _commented(comments[number - 1])])
                between, follows_kept = [], False
            if number in self._passes:
                out.append(_Line(self._passes[number], is_of_statement=True))
        if comments:
            out += map(_Line, between)
        return _tidy(out)


class _Line(NamedTuple):
    """A line that stays."""

    text: str
    is_of_statement: bool = False


def _belonging(between: list[str]) -> list[str]:
    """Return what of the lines above a statement is its own: the comment that touches it."""
    position = len(between)
    while position and between[position - 1].lstrip().startswith("#"):
        position -= 1
    has_space = any(not line.strip() for line in between)
    return (["\n"] if has_space else []) + between[position:]


def _commented(line: str) -> str:
    text = line.lstrip()
    is_one = text.strip() and text.strip() != REMOVED
    return f"{line[: len(line) - len(text)]}# {text}" if is_one else line


def _tidy(lines: list[_Line]) -> str:
    """Return the lines as one text, with no more than two empty ones between statements."""
    tidy: list[str] = []
    for line, is_of_statement in lines:
        if line.strip() == REMOVED:
            continue
        # An empty line of a statement may be one of a text.
        is_wanted = tidy and any(before.strip() for before in tidy[-2:])
        if line.strip() or is_of_statement or is_wanted:
            tidy.append(line if line.endswith(("\n", "\r")) else f"{line}\n")
    while tidy and not tidy[-1].strip():
        tidy.pop()
    return "".join(tidy)
