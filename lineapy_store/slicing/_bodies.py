"""Statements in functions, and methods in classes: which of them can be taken out one by one."""

from __future__ import annotations

import ast
import bisect
import functools
import re
from typing import TYPE_CHECKING

from lineapy_store.slicing._program import (
    SCOPES,
    blocks,
    bound_by,
    nodes_of,
    parts,
    walk,
)
from lineapy_store.slicing._render import first_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from collections.abc import Set as AbstractSet
    from typing import TypeGuard

# What looks at a function's own names or text, which are others if statements are missing.
_LOOKS_INSIDE = frozenset(
    "exec eval locals vars globals dir _getframe currentframe stack getsource __code__".split()
)
# What looks for methods in other ways than by a name that is written there.
_LOOKS_FOR_METHODS = _LOOKS_INSIDE | frozenset(
    """getattr hasattr attrgetter methodcaller __dict__ __getattr__ __getattribute__ __subclasses__
    __mro__ mro inspect getmembers getattr_static""".split()
)
# Decorators that register a method nowhere, and ask nothing of subclasses.
_MAKE_METHODS = frozenset(
    "property staticmethod classmethod cached_property getter setter deleter".split()
)
_WORD = re.compile(r"\w+")
# By these a function's way is chosen: they stay, with what they need.
_JUMPS = (ast.Return, ast.Raise, ast.Break, ast.Continue)
# They are kept or dropped with all that is in them.
_WHOLE = (
    *(ast.Try, ast.With, ast.Match, ast.ClassDef),
    *(getattr(ast, name) for name in ("TryStar",) if hasattr(ast, name)),
)
# What a constant of a class is not made with, as it may do more than make it.
_DOES_MORE = (ast.Name, ast.Call, ast.Attribute, ast.Subscript, ast.BinOp, ast.Lambda, ast.Await)

#: What is in a class.
Member = ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign


class Bodies:
    """The statements in a program's functions, as far as each can be dropped by itself.

    Attributes:
        parts: The ``id`` of the statements of the functions that have been asked for.
        steering: The ``id`` of those of them that stay if the function is called.
        ending: The ``id`` of those of these that do nothing but return something at the end.
    """

    def __init__(self, tree: ast.Module, lines: Sequence[str]) -> None:
        self._tree = tree
        self._lines = lines
        self._functions = {id(function): function for function in _functions_in(tree.body)}
        self._statements: dict[int, list[ast.stmt]] = {}
        self.parts: set[int] = set()
        self.steering: set[int] = set()
        self.ending: set[int] = set()

    def statements(self, function: ast.AST) -> list[ast.stmt]:
        """Return the statements of a function, those in compound ones too, that can be dropped.

        Those of functions in it are not among them. There are none if it has to stay whole.
        """
        if id(function) not in self._functions:
            return []
        found = self._statements.get(id(function))
        if found is None:
            definition = self._functions[id(function)]
            found = list(self._inside(definition.body))
            if not self._can_be_cut(definition, found):
                found = []
            self._statements[id(function)] = found
            self.parts.update(map(id, found))
            self.steering.update(id(one) for one in found if self._steers(one))
            self.ending.update(map(id, _returns_at_end(definition.body)))
        return found

    def functions_in(self, node: ast.AST) -> list[ast.FunctionDef]:
        """Return a function of the program and those that are defined in it, or all of a module."""
        if isinstance(node, ast.Module):
            return list(self._functions.values())
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return []
        return list(_functions_in([node]))

    def _inside(self, body: list[ast.stmt]) -> Iterator[ast.stmt]:
        for statement in body:
            yield statement
            if not self._is_whole(statement):
                for block in blocks(statement):
                    yield from self._inside(block)

    def _stands_alone(self, statement: ast.stmt) -> bool:
        """Return whether what is in a compound statement is on other lines than its heading."""
        return all(self._begins_line(block[0]) for block in blocks(statement))

    def _begins_line(self, statement: ast.stmt) -> bool:
        line = first_line(statement)
        before = self._lines[line - 1].encode()[: statement.col_offset]
        goes_on = line > 1 and self._lines[line - 2].rstrip().endswith("\\")
        return not goes_on and not before.strip()

    def _is_whole(self, statement: ast.stmt) -> bool:
        return isinstance(statement, _WHOLE) or not self._stands_alone(statement)

    def _steers(self, statement: ast.stmt) -> bool:
        if isinstance(statement, ast.Expr):
            return isinstance(statement.value, ast.Constant)  # a docstring
        if isinstance(statement, ast.AnnAssign):
            return statement.value is None
        if self._is_whole(statement):
            return any(isinstance(node, _JUMPS) for node in walk(statement))
        return isinstance(statement, (*_JUMPS, ast.Global, ast.Pass))

    def _can_be_cut(self, function: ast.FunctionDef, found: list[ast.stmt]) -> bool:
        lines = self._undivided
        following = bisect.bisect_left(lines, first_line(function))
        is_whole = following < len(lines) and lines[following] <= (function.end_lineno or 0)
        return not is_whole and all(map(self._begins_line, found))

    @functools.cached_property
    def _undivided(self) -> list[int]:
        """The lines, in order, of what makes the functions that it is in stay whole."""
        return sorted(node.lineno for node in nodes_of(self._tree) if _keeps_whole(node))

    def dropped(self, kept: AbstractSet[int], called: AbstractSet[int]) -> set[int]:
        """Return the ``id`` of the statements that a slice does without.

        Args:
            kept: The ``id`` of those that it needs.
            called: The ``id`` of the functions that it calls; others are left as they are.
        """
        found: set[int] = set()
        functions = [one for key, one in self._functions.items() if key in called]
        for function in functions:
            found.update(id(one) for one in self.statements(function) if id(one) not in kept)
        for function in functions:
            declared = [one for one in self.statements(function) if isinstance(one, ast.Global)]
            if declared:
                names = set(_names_left(function, found))
                found.update(id(one) for one in declared if not names & {*one.names})
        return found

    def members(self, definition: ast.ClassDef) -> list[Member]:
        """Return the methods and constants of a class that it can be without if unnamed.

        Python itself looks for special names, and for private ones by others.
        """
        return [
            one
            for one in definition.body
            if _is_member(one) and not _name_of(one).startswith("__") and self._begins_line(one)
        ]


def _is_member(statement: ast.stmt) -> TypeGuard[Member]:
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return all(map(_makes_method, statement.decorator_list))
        case ast.Assign(targets=[ast.Name()], value=value):
            return not any(isinstance(node, _DOES_MORE) for node in walk(value))
    return False


def _name_of(member: Member) -> str:
    target = member.targets[0] if isinstance(member, ast.Assign) else None
    return target.id if isinstance(target, ast.Name) else str(getattr(member, "name", ""))


def _returns_at_end(body: list[ast.stmt]) -> Iterator[ast.Return]:
    """Yield the statements of a function after which it would end anyway."""
    match body:
        case [*_, ast.Return() as last]:
            yield last
        case [*_, ast.If(body=one, orelse=other)]:
            yield from _returns_at_end(one)
            yield from _returns_at_end(other)


def _keeps_whole(node: ast.AST) -> TypeGuard[ast.stmt | ast.expr]:
    if isinstance(node, ast.Name):
        return node.id in _LOOKS_INSIDE
    if isinstance(node, ast.Attribute):
        return node.attr in _LOOKS_INSIDE
    return isinstance(node, (ast.Yield, ast.YieldFrom, ast.Await, ast.Nonlocal))


def unnamed(
    members: Iterable[Member],
    tree: ast.Module,
    is_dropped: Callable[[ast.AST], bool],
) -> set[int]:
    """Return the ``id`` of what is in classes and whose names are nowhere in what is kept.

    Args:
        members: Methods and constants that nobody can have got but by their names.
        tree: The program.
        is_dropped: Whether a statement is not kept.
    """
    waiting = {id(one): one for one in members}
    by_name: dict[str, list[Member]] = {}
    for one in waiting.values():
        by_name.setdefault(_name_of(one), []).append(one)
    todo: list[ast.AST] = [tree] if waiting else []
    while todo:
        words = _words(todo.pop(), lambda node: id(node) in waiting or is_dropped(node))
        for word in set(words):
            if word in _LOOKS_FOR_METHODS:
                return set()
            for one in by_name.pop(word, ()):
                del waiting[id(one)]
                todo.append(one)
    return set(waiting)


def _makes_method(decorator: ast.expr) -> bool:
    name = decorator.attr if isinstance(decorator, ast.Attribute) else decorator
    return (name.id if isinstance(name, ast.Name) else name) in _MAKE_METHODS


def _words(tree: ast.AST, is_dropped: Callable[[ast.AST], bool]) -> Iterator[str]:
    """Yield the names in a tree, those of attributes and those in texts, too."""
    for child in parts(tree):
        if is_dropped(child):
            continue
        inside: ast.AST = child
        match child:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name  # an abstract one has to be in subclasses, too
            case ast.MatchClass(kwd_attrs=names):
                yield from names
            case ast.Constant(value=str(text)):
                yield from _WORD.findall(text)
            case ast.Expr(value=ast.Constant()):
                continue  # a docstring
            case ast.Call(func=ast.Name(id="getattr" | "hasattr"), args=[_, ast.Constant(), *_]):
                inside = ast.Tuple(child.args)  # without the function's own name
        yield from _words(inside, is_dropped)


def _functions_in(body: list[ast.stmt]) -> Iterator[ast.FunctionDef]:
    """Yield the functions that are defined in some statements, and in functions and classes."""
    for statement in body:
        if isinstance(statement, ast.FunctionDef):
            yield statement
        if isinstance(statement, SCOPES) and isinstance(statement.body, list):
            yield from _functions_in(statement.body)
        for block in blocks(statement):
            yield from _functions_in(block)


def _names_left(node: ast.AST, dropped: AbstractSet[int]) -> Iterator[str]:
    """Yield the names in a function, without those that are only in dropped statements."""
    for child in parts(node):
        if id(child) in dropped:
            continue
        name = child.id if isinstance(child, ast.Name) else bound_by(child)
        if name is not None:
            yield name
        yield from _names_left(child, dropped)
