"""Saves inside functions, as programs that make the value at their top level.

There are two ways to write such a program. The function's own statements may stand there, after
assignments of its arguments; or the function is called, and returns what it saved. The shorter
slice is the better one.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import SliceError
from lineapy_store.slicing._calls import saved_by, varying_name
from lineapy_store.slicing._program import SCOPES, blocks_in, bound_by, in_loop, parse
from lineapy_store.slicing._render import Edit, edit_of, edited, first_line, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_Function = ast.FunctionDef | ast.AsyncFunctionDef
# What a function's statements cannot have where they stand in no function.
_BOUND_TO_FUNCTIONS = (
    ast.Return,
    ast.Yield,
    ast.YieldFrom,
    ast.Await,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Global,
    ast.Nonlocal,
)


# Methods that may change an object before a method of it is run as a test.
_MAKERS = ("__init__", "__new__", "setup", "setup_method", "setup_class")


@dataclass(frozen=True)
class Program:
    """A program that makes a value at its top level.

    Attributes:
        source: Its text.
        name: The variable that has the value at its end.
        unknown: Arguments of which nothing is known, and which have no value in the text.
        shift: How many lines further down the statements of the function are than they were, if
            they stand at the top level.
    """

    source: str
    name: str
    unknown: frozenset[str] = frozenset()
    shift: int | None = None


def programs(
    source: str,
    frames: Sequence[dict[str, Any]],
    call: tuple[int, int] | None,
    name: str,
    saved_as: str,
) -> Iterator[Program]:
    """Yield the programs that make what was saved inside functions.

    Args:
        source: The session's text.
        frames: The functions from the save outward, as captured.
        call: Lines of the call at the top level; None if a library called the outermost function.
        name: The variable to have the value.
        saved_as: The artifact's name.

    Raises:
        SliceError: A frame's code is not in the text.
    """
    tree = parse(source)
    found = [_found(tree, frame) for frame in frames]
    for frame, function in zip(frames, found, strict=True):
        if frame["name"].startswith("<"):
            raise SliceError(
                f"{saved_as!r} was saved inside a comprehension or a lambda. Save it in a "
                "statement of its own, as in a loop."
            )
        if function is None:
            raise SliceError(
                f"{saved_as!r} was saved inside {frame['qualname']} of {frame['filename']}, whose "
                "code is not in the program that ran. Save what it returns where it is called."
            )
    functions = [function for function in found if function is not None]
    text = _Text(source, tree)
    flat = text.flat(functions, frames, call, name, saved_as)
    if flat is not None:
        yield flat
    calling = _Text(source, tree).calling(functions, frames, call, name, saved_as)
    if calling is not None:
        yield calling


def _found(tree: ast.Module, frame: dict[str, Any]) -> _Function | None:
    """Return the function that a frame ran."""
    if "part" not in frame:
        return None
    for node in ast.walk(tree):
        if (
            isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
            and node.name == frame["name"]
            and first_line(node) <= frame["firstlineno"] <= node.lineno
        ):
            return node
    return None


def lines_inside_texts(tree: ast.AST) -> set[int]:
    """Return the lines that begin inside a text of several lines, where spaces matter."""
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno
        for line in range(node.lineno + 1, node.end_lineno + 1)
    }


class _Text:
    """A program's lines, to be changed."""

    def __init__(self, source: str, tree: ast.Module) -> None:
        self._source = source
        self._tree = tree
        self._lines = lines_of(source)
        self._edits: list[Edit] = []
        self._fixed = lines_inside_texts(tree)

    def _segment(self, node: ast.AST) -> str:
        text = ast.get_source_segment(self._source, node) or ast.unparse(node)
        return f"({text})" if "\n" in text else text

    def _indent(self, statement: ast.stmt) -> str:
        found = re.match(r"[ \t\f]*", self._lines[first_line(statement) - 1])
        return found.group() if found else ""

    def _replace(self, statement: ast.stmt, text: str) -> None:
        self._edits.append(edit_of(statement, text))

    @property
    def _now(self) -> str:
        """The program as it has become, each line where it was."""
        return edited(self._source, self._edits)

    def calling(
        self,
        functions: Sequence[_Function],
        frames: Sequence[dict[str, Any]],
        call: tuple[int, int] | None,
        name: str,
        saved_as: str,
    ) -> Program | None:
        """Return the program that calls the functions, of which each returns what was saved.

        Where it was saved in a loop, under names that vary, that of ``saved_as`` counts. What
        cannot be told apart has no such program.
        """
        if call is None or not all(frame["direct"] for frame in frames):
            return None
        outer = _call_of(self._tree, *call, frames[-1]["name"])
        last = None if outer is None else statement_in(self._tree, outer)
        if outer is None or last is None or not _is_alone(self._tree, last):
            return None
        repeated = in_loop(self._tree, outer)
        guard: str | None = None
        for function, frame in zip(functions, frames, strict=True):
            if isinstance(function, ast.AsyncFunctionDef) or _yields(function):
                return None
            node = _call_at(function, frame["lineno"], frame["end_lineno"], frame)
            statement = None if node is None else statement_in(function, node)
            if node is None or statement is None:
                return None
            if function is not functions[0]:
                if in_loop(function, node):
                    return None
                self._replace(statement, f"return {self._segment(node)}")
                self._drop_after(function, statement)
                continue
            returned = saved_by(node)
            varying = varying_name(node)
            if returned is None:
                return None
            text = self._segment(returned)
            if in_loop(function, node):
                if repeated or varying is None:
                    return None
                shown = self._segment(varying)
                self._replace(statement, f"if {shown} == {saved_as!r}: return {text}")
                continue
            if repeated and varying is not None:
                guard = self._segment(varying)
                text = f"{guard}, {text}"
            self._replace(statement, f"return {text}")
            self._drop_after(function, statement)
        text = self._segment(outer)
        if guard is None:
            self._replace(last, f"{name} = {text}")
        else:
            found = f"{name}_found"
            indent = self._indent(last)
            self._replace(
                last,
                f"{found} = {text}\n{indent}if {found}[0] == {saved_as!r}: {name} = {found}[1]",
            )
        return Program(self._now, name)

    def _drop_after(self, function: _Function, statement: ast.stmt) -> None:
        """Remove what cannot be reached any more: the rest of the block."""
        for block in blocks_in(function):
            if statement in block:
                for later in block[block.index(statement) + 1 :]:
                    self._replace(later, "")

    def flat(
        self,
        functions: Sequence[_Function],
        frames: Sequence[dict[str, Any]],
        call: tuple[int, int] | None,
        name: str,
        saved_as: str,
    ) -> Program | None:
        """Return the program in which the function's statements stand at the top level."""
        if len(functions) != 1:
            return None
        (function,), (frame,) = functions, frames
        node = _call_at(function, frame["lineno"], frame["end_lineno"], frame)
        last = None if node is None else statement_in(function, node)
        if node is None or last is None:
            return None
        top = next(one for one in function.body if any(part is last for part in ast.walk(one)))
        is_inside = top is not last
        body = function.body[: function.body.index(top) + is_inside]
        if any(
            isinstance(part, _BOUND_TO_FUNCTIONS) for one in (*body, top) for part in _walk(one)
        ):
            return None
        if _names_bound(body, function) & _names_bound(self._tree.body, None):
            return None
        before, given, unknown = self._arguments(function, frame, call)
        if before is None:
            return None
        saved = saved_by(node)
        if saved is None:
            return None
        if is_inside:
            self._assign(last, node, saved, name, saved_as, repeated=in_loop(function, node))
        now = lines_of(self._now if self._now.endswith("\n") else f"{self._now}\n")
        lines = [*now[:before], *given]
        begin = first_line(body[0]) if body else 0
        shift = len("".join(lines).splitlines()) + 1 - begin
        width = len(self._indent(function.body[0]))
        for number in range(begin, (body[-1].end_lineno or 0) + 1) if body else ():
            line = now[number - 1]
            lines.append(line if number in self._fixed else line[width:] if line.strip() else line)
        if not is_inside and not (isinstance(saved, ast.Name) and saved.id == name):
            lines.append(f"{name} = {self._segment(saved)}\n")
        return Program("".join(lines), name, frozenset(unknown), shift)

    def _assign(  # noqa: PLR0913 - all that a save is
        self,
        statement: ast.stmt,
        node: ast.Call,
        saved: ast.expr,
        name: str,
        saved_as: str,
        *,
        repeated: bool,
    ) -> None:
        """Put the assignment of what is saved in the place of a save inside a statement."""
        text, varying = self._segment(saved), varying_name(node)
        if repeated and varying is not None:
            # What a later round changes must not change what this one saved.
            self._replace(
                statement,
                f"if {self._segment(varying)} == {saved_as!r}: import copy; "
                f"{name} = copy.deepcopy({text})",
            )
        else:
            self._replace(statement, f"{name} = {text}")

    def _instance(self, function: _Function) -> str:
        """Return how what ran a test made the object whose method it is; nothing if unknown."""
        for cls in self._tree.body:
            if isinstance(cls, ast.ClassDef) and function in cls.body:
                others = [one for one in cls.body if one is not function]
                is_plain = not (cls.bases or cls.keywords or function.decorator_list) and not any(
                    isinstance(one, (ast.FunctionDef, ast.AsyncFunctionDef))
                    and (one.decorator_list or one.name in _MAKERS)
                    for one in others
                )
                return f"{cls.name}()" if is_plain else ""
        return ""

    def _arguments(
        self, function: _Function, frame: dict[str, Any], call: tuple[int, int] | None
    ) -> tuple[int | None, list[str], set[str]]:
        """Return where the statements go, the assignments before them, and what has none."""
        parameters = function.args
        named = [*parameters.posonlyargs, *parameters.args, *parameters.kwonlyargs]
        if parameters.vararg is not None or parameters.kwarg is not None:
            return None, [], set()
        if call is None:
            # They are as they are at the save.
            changed = _names_changed(function)
            known = {key: text for key, text in frame["arguments"].items() if key not in changed}
            if named and (instance := self._instance(function)):
                known[named[0].arg] = instance
            lines = [f"{one.arg} = {known[one.arg]}\n" for one in named if one.arg in known]
            unknown = {one.arg for one in named if one.arg not in known}
            return len(self._lines), lines, unknown
        outer = _call_of(self._tree, *call, frame["name"])
        statement = None if outer is None else statement_in(self._tree, outer)
        if (
            outer is None
            or statement not in self._tree.body
            or not _is_alone(self._tree, statement)
            or not frame["direct"]
            or any(isinstance(one, ast.Starred) for one in outer.args)
            or any(one.arg is None for one in outer.keywords)
        ):
            return None, [], set()
        positional: list[ast.expr] = list(outer.args)
        if "." in frame["qualname"].rpartition("<locals>.")[2]:
            if not isinstance(outer.func, ast.Attribute):
                return None, [], set()
            positional.insert(0, outer.func.value)
        given: dict[str, ast.expr] = {}
        defaults = [*parameters.posonlyargs, *parameters.args]
        for one, default in zip(
            defaults[len(defaults) - len(parameters.defaults) :], parameters.defaults, strict=True
        ):
            given[one.arg] = default
        for one, keyword_default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
            if keyword_default is not None:
                given[one.arg] = keyword_default
        given |= {one.arg: value for one, value in zip(defaults, positional, strict=False)}
        given |= {one.arg: one.value for one in outer.keywords if one.arg}
        if set(given) != {one.arg for one in named}:
            return None, [], set()
        lines = [f"{one.arg} = {self._segment(given[one.arg])}\n" for one in named]
        return first_line(statement) - 1, lines, set()


def _walk(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of a statement that are not in a function or class inside it."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, SCOPES):
            todo += ast.iter_child_nodes(node)


def _yields(function: _Function) -> bool:
    return any(
        isinstance(node, (ast.Yield, ast.YieldFrom))
        for statement in function.body
        for node in _walk(statement)
    )


def _names_bound(body: Sequence[ast.stmt], function: _Function | None) -> set[str]:
    """Return the names that statements, and a function's parameters, give a meaning."""
    found: set[str] = set()
    if function is not None:
        found.update(node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg))
    nodes = (node for statement in body for node in _walk(statement))
    return found | {name for node in nodes if (name := bound_by(node)) is not None}


def _names_changed(function: _Function) -> set[str]:
    """Return the names that a function binds, or whose value it may change."""
    found: set[str] = set()
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.Subscript, ast.Attribute)) and isinstance(node.value, ast.Name):
            is_method = isinstance(node, ast.Attribute)
            if is_method or not isinstance(node.ctx, ast.Load):
                found.add(node.value.id)
    return found


def _call_at(
    inside: ast.AST, first: int, last: int | None, frame: dict[str, Any]
) -> ast.Call | None:
    """Return the outermost call on some lines, or the one in the frame's very columns."""
    last = last or first
    found: list[ast.Call] = []
    for node in ast.walk(inside):
        if isinstance(node, ast.Call) and node.lineno <= first and (node.end_lineno or 0) >= last:
            columns = node.col_offset, node.end_col_offset
            if node.lineno == first and columns == (
                frame.get("col_offset"),
                frame.get("end_col_offset"),
            ):
                return node
            found.append(node)
    on_line = [node for node in found if (node.lineno, node.end_lineno) == (first, last)]
    return next(iter(on_line or found), None)


def _call_of(inside: ast.AST, first: int, last: int, name: str) -> ast.Call | None:
    """Return the call of a function on some lines, which may be part of another call."""
    for node in ast.walk(inside):
        if isinstance(node, ast.Call) and first <= node.lineno <= (node.end_lineno or 0) <= last:
            function = node.func
            called = function.attr if isinstance(function, ast.Attribute) else None
            if name in (called, getattr(function, "id", None)):
                return node
    return _call_at(inside, first, last, {})


def _is_alone(tree: ast.Module, statement: ast.stmt) -> bool:
    """Return whether a statement shares its lines with no other."""
    return not any(
        isinstance(other, ast.stmt)
        and other is not statement
        and not hasattr(other, "body")
        and other.lineno <= (statement.end_lineno or 0)
        and (other.end_lineno or 0) >= statement.lineno
        for other in ast.walk(tree)
    )


def statement_in(inside: ast.AST, node: ast.AST) -> ast.stmt | None:
    """Return the innermost statement that a node is in."""
    found: ast.stmt | None = None
    for statement in ast.walk(inside):
        if isinstance(statement, ast.stmt) and statement is not inside:
            for part in ast.walk(statement):
                if part is node:
                    found = statement
    simple = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.Raise, ast.Assert)
    return found if isinstance(found, simple) else None
