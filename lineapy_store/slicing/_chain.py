"""Which parts of a program's text ran where a value was saved: functions, and calls in them.

Python tells the columns of what a frame was doing, unless it is told to keep none. Where it does
not, a call counts that is the only one of its name on its lines.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any, NamedTuple

from lineapy_store.slicing._arguments import runs_commands
from lineapy_store.slicing._calls import named_by, saved_by, varying_name
from lineapy_store.slicing._program import bound_by, nodes_of, walk
from lineapy_store.slicing._render import first_line, lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lineapy_store.slicing._capture_session import Session

Body = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module
_REFLECTION = frozenset(
    "getattr attrgetter methodcaller globals locals vars eval exec __dict__".split()
)
# What saves what a test gives it, under a name of its own, and not by itself.
_ROUNDTRIPS = frozenset(("check_roundtrip", "lineapy_roundtrip"))


class Link(NamedTuple):
    """A frame, and what of the program's text it ran.

    Attributes:
        frame: As captured.
        node: The function, class or module; None if it is not in the text.
        owner: The class that it is directly in.
        call: Where the next inner frame, or ``save``, was called by it; None if that cannot be
            told, or if something else was in between.
    """

    frame: dict[str, Any]
    node: Body | None
    owner: ast.ClassDef | None
    call: ast.Call | None


def chain_of(source: str, tree: ast.Module, session: Session) -> list[Link]:
    """Return the frames from the save outward, the module's top level among them.

    Args:
        source: The session's text, perhaps with other texts for parts of its lines.
        tree: The same, parsed.
        session: As it was captured.
    """
    lines = lines_of(session.source), lines_of(source)
    saves = _names_of_save(tree)
    chain: list[Link] = []
    for frame in (*session.frames, *([session.caller] if session.caller else [])):
        node, owner = (tree, None) if frame is session.caller else _found(tree, frame)
        call = None
        inner = chain[-1] if chain else None
        if node is not None and (frame["direct"] or inner is None):
            place = _Place.of(frame, *lines).inside(node)
            called = [
                each
                for each in place.calls(node)
                if (
                    _may_save(each, saves if frame["direct"] else set())
                    if inner is None
                    else _may_run(each, inner)
                )
            ]
            if len(called) == 1 and (place.is_exact or _is_only_mention(node, called[0])):
                call = called[0]
        chain.append(Link(frame, node, owner, call))
    return chain


def _found(tree: ast.Module, frame: dict[str, Any]) -> tuple[Body | None, ast.ClassDef | None]:
    """Return the function or class that a frame ran, and the class that it is in."""
    if "part" in frame:
        for node in nodes_of(tree):
            if (
                isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef))
                and node.name == frame["name"]
                and first_line(node) <= frame["firstlineno"] <= node.lineno
            ):
                classes = (one for one in nodes_of(tree) if isinstance(one, ast.ClassDef))
                return node, next((one for one in classes if node in one.body), None)
    return None, None


class _Place(NamedTuple):
    """Where a frame was; columns are None where they are not known."""

    first: int
    last: int
    begin: int | None
    end: int | None

    @classmethod
    def of(cls, frame: dict[str, Any], old: list[str], new: list[str]) -> _Place:
        """Return it in lines of which parts have been replaced."""
        first, last = frame["lineno"], frame["end_lineno"] or frame["lineno"]
        begin, end = frame["col_offset"], frame["end_col_offset"]
        if begin is None or end is None or max(first, last) > min(len(old), len(new)):
            return cls(first, last, None, None)
        begin = _moved(old[first - 1], new[first - 1], begin)
        return cls(first, last, begin, _moved(old[last - 1], new[last - 1], end))

    def inside(self, body: Body) -> _Place:
        """Return it without columns if they are an assertion's, all that pytest 8.2 tells."""
        here = (self.first, self.begin, self.last, self.end)
        for node in walk(body) if self.is_exact else ():
            if isinstance(node, ast.Assert) and here == (
                *(node.lineno, node.col_offset),
                *(node.end_lineno, node.end_col_offset),
            ):
                return self._replace(begin=None, end=None)
        return self

    @property
    def is_exact(self) -> bool:
        """Whether the columns are known."""
        return self.begin is not None and self.end is not None

    def calls(self, inside: Body) -> Iterator[ast.Call]:
        """Yield the calls that may be what is here."""
        for node in walk(inside):
            if not isinstance(node, ast.Call):
                continue
            last, end = node.end_lineno or 0, node.end_col_offset
            if not self.is_exact:
                if node.lineno <= self.first and last >= self.last:
                    yield node
            elif (self.last, self.end) == (last, end):
                begins = [(node.lineno, node.col_offset)]
                if isinstance(node.func, ast.Attribute):
                    # Over several lines, Python says that a method's call begins with its name.
                    length = len(node.func.attr.encode())
                    begins.append(
                        (node.func.end_lineno or 0, (node.func.end_col_offset or 0) - length)
                    )
                if (self.first, self.begin) in begins:
                    yield node


def _moved(old: str, new: str, column: int) -> int | None:
    """Return where a column of a line is after a part of the line has been replaced."""
    before, after = old.encode(), new.encode()
    if before[:column] == after[:column]:
        return column
    rest = before[column:]
    return len(after) - len(rest) if after.endswith(rest) else None


def _is_only_mention(inside: Body, call: ast.Call) -> bool:
    """Return whether nothing else in a call's statement has the name of what is called."""
    statement = statement_in(inside, call)
    if statement is None:
        return False
    mentioned = [_name_of(node) for node in walk(statement)]
    return mentioned.count(_name_of(call.func)) == 1


def _name_of(node: ast.AST) -> str | None:
    """Return the name by which a node mentions something."""
    if isinstance(node, ast.alias):
        return node.asname or node.name
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else None


def _names_of_save(tree: ast.Module) -> set[str]:
    """Return the names that a program may have for ``save``."""
    found = {"save"}
    for node in nodes_of(tree):
        if isinstance(node, ast.alias) and node.name == "save" and node.asname:
            found.add(node.asname)
        elif isinstance(node, ast.Assign) and _is_named(node.value, {"save"}):
            found.update(one.id for one in node.targets if isinstance(one, ast.Name))
    return found


def _is_named(function: ast.expr, names: set[str]) -> bool:
    if isinstance(function, ast.Attribute):
        return function.attr == "save" and "save" in names
    return isinstance(function, ast.Name) and function.id in names


def _may_save(call: ast.Call, saves: set[str]) -> bool:
    """Return whether a call is one of ``save``, and says what it saves and as what."""
    saved, name = saved_by(call), named_by(call)
    if saved is None or isinstance(saved, ast.Starred):
        return False
    if _name_of(call.func) in _ROUNDTRIPS:
        return True
    return name is not None and not isinstance(name, ast.Starred) and _is_named(call.func, saves)


def name_that_varies(call: ast.Call) -> ast.expr | None:
    """Return the name under which a call saves if it may be another each time the call runs."""
    return None if _name_of(call.func) in _ROUNDTRIPS else varying_name(call)


def _may_run(call: ast.Call, inner: Link) -> bool:
    """Return whether a call is, by its name, that of a function or method in the text."""
    node = inner.node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    if isinstance(call.func, ast.Attribute):
        return call.func.attr == node.name and inner.owner is not None
    return isinstance(call.func, ast.Name) and call.func.id == node.name and inner.owner is None


def is_called_once(tree: ast.Module, link: Link, *, last: int) -> bool:
    """Return whether nothing, up to a line, can call a function but the call that is known.

    Args:
        tree: The program.
        link: The function.
        last: The line.
    """
    node, owner = link.node, link.owner
    if not isinstance(node, ast.FunctionDef) or node.name.startswith("__"):
        return False
    plain = ("staticmethod", "classmethod")
    if not all(isinstance(one, ast.Name) and one.id in plain for one in node.decorator_list):
        return False
    if owner is not None and (owner.bases or owner.keywords or owner.decorator_list):
        return False
    mentioned = [
        name
        for each in nodes_of(tree)
        if (name := _name_of(each)) is not None and getattr(each, "lineno", 0) <= last
    ]
    return mentioned.count(node.name) == 1 and _REFLECTION.isdisjoint(mentioned)


def is_only_defined(tree: ast.Module, function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Return whether the name of a function stands for functions that are defined, and no others.

    What ``partial`` makes of a function, for one, may be given its name, too.
    """
    for node in nodes_of(tree):
        is_set = isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load)
        name = node.attr if isinstance(node, ast.Attribute) and is_set else bound_by(node)
        if name == function.name and not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return False
    return True


def statement_in(inside: ast.AST, node: ast.AST) -> ast.stmt | None:
    """Return the innermost statement that a node is in."""
    found: ast.stmt | None = None
    for statement in walk(inside):
        if isinstance(statement, ast.stmt) and statement is not inside and node in walk(statement):
            found = statement
    simple = (ast.Expr, ast.Assign, ast.AnnAssign, ast.Return, ast.Raise, ast.Assert)
    return found if isinstance(found, simple) else None


def _call_before_exit(statement: ast.stmt) -> ast.Call | None:
    """Return the call of a statement that ends the program with what that returns."""
    match statement:
        case (
            ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(attr="exit") | ast.Name(id="exit" | "quit"),
                    args=[ast.Call() as call],
                )
            )
            | ast.Raise(exc=ast.Call(func=ast.Name(id="SystemExit"), args=[ast.Call() as call]))
        ):
            return call
    return None


def call_that_ends(
    statement: ast.stmt, tree: ast.Module, *, is_direct: bool
) -> tuple[ast.expr | None, bool]:
    """Return the call of a statement after which the program may end, if there is one.

    Args:
        statement: A statement of the program.
        tree: The program.
        is_direct: Whether it is no library that the statement calls.

    Returns:
        The call, and whether it is itself what ends the program, as a command of a library does.
    """
    call = _call_before_exit(statement)
    if call is not None or is_direct or not isinstance(statement, ast.Expr):
        return call, False
    if statement.lineno == statement.end_lineno and runs_commands(tree):
        return statement.value, True
    return None, False
