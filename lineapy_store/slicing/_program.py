"""A program's statements: which there are, which is in which, and which names its scopes have."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lineapy_store.errors import SliceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
LOOPS = (ast.For, ast.AsyncFor, ast.While)
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_BLOCKS = ("body", "handlers", "orelse", "finalbody", "cases")


# Fields of nodes that never have a part of a program in them.
_LEAVES = frozenset("ctx op ops id attr arg kind level module conversion type_comment".split())
_FIELDS: dict[type, tuple[str, ...]] = {}


def parts(node: ast.AST) -> list[ast.AST]:
    """Return what is directly in a node, as ``ast.iter_child_nodes``, but for operators."""
    fields = _FIELDS.get(type(node))
    if fields is None:
        kept = () if isinstance(node, ast.Constant) else node._fields
        fields = _FIELDS[type(node)] = tuple(name for name in kept if name not in _LEAVES)
    found: list[ast.AST] = []
    for field in fields:
        value = getattr(node, field, None)
        if isinstance(value, list):
            found += [each for each in value if isinstance(each, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> list[ast.AST]:
    """Return a node and all that is in it, as ``ast.walk`` in a third of its time."""
    found = [node]
    for each in found:
        found += parts(each)
    return found


@functools.lru_cache(maxsize=1)
def nodes_of(tree: ast.Module) -> list[ast.AST]:
    """Return all nodes of a program, which is asked for several times."""
    return walk(tree)


@functools.lru_cache(maxsize=1)
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def parse(source: str) -> ast.Module:
    """Parse a program.

    Raises:
        SliceError: It is not Python for this interpreter; the message says where.
    """
    try:
        return _parsed(source)
    except SyntaxError as error:
        raise SliceError(
            f"The code cannot be sliced: line {error.lineno} is not Python "
            f"{_version()} ({error.msg}). Slice it with the Python that ran it."
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise SliceError(
            f"The code cannot be sliced: Python cannot parse it ({error}). Split the statement "
            "that is nested too deep, or remove what is no text."
        ) from None


def _version() -> str:
    import platform  # noqa: PLC0415 - for an error only

    return platform.python_version()


def blocks(statement: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield the lists of statements directly in a compound statement that is no scope."""
    if isinstance(statement, SCOPES):
        return
    for field in _BLOCKS:
        for inner in getattr(statement, field, ()):
            if isinstance(inner, ast.stmt):
                yield getattr(statement, field)
                break
            if isinstance(inner, (ast.ExceptHandler, ast.match_case)):
                yield inner.body


def blocks_in(tree: ast.AST) -> Iterator[list[ast.stmt]]:
    """Yield all lists of statements in a tree, those of functions and classes too."""
    for node in walk(tree):
        for field in _BLOCKS:
            block = getattr(node, field, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                yield block


def bound_by(node: ast.AST) -> str | None:
    """Return the name that a node by itself gives a meaning, if it does so."""
    if isinstance(node, ast.Name):
        return None if isinstance(node.ctx, ast.Load) else node.id
    if isinstance(node, ast.alias):
        return (node.asname or node.name).partition(".")[0]
    if isinstance(node, ast.arg):
        return node.arg
    if isinstance(node, ast.MatchMapping):
        return node.rest
    named = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    if isinstance(node, (*named, ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        return node.name
    return None


class Program:
    """The statements of a module that are not inside functions and classes, numbered.

    Attributes:
        statements: In the order of the text.
        parents: For each statement, the number of the compound one that it is in, or None.
        numbers: The numbers, by the ``id`` of a statement.
        last_inside: For each statement, the largest number of those inside it, or its own.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.statements: list[ast.stmt] = []
        self.parents: list[int | None] = []
        self.numbers: dict[int, int] = {}
        self.last_inside: list[int] = []
        self._add(tree.body, None)
        self._scopes: dict[int, Scope] = {}
        self._names: dict[int, frozenset[str]] = {}
        self._early: dict[int, bool] = {}
        self._last_binders: dict[str, int] | None = None

    def _add(self, body: list[ast.stmt], parent: int | None) -> None:
        for statement in body:
            number = len(self.statements)
            self.numbers[id(statement)] = number
            self.statements.append(statement)
            self.parents.append(parent)
            self.last_inside.append(number)
            for block in blocks(statement):
                self._add(block, number)
            self.last_inside[number] = len(self.statements) - 1

    @functools.cached_property
    def bound(self) -> set[str]:
        """The names that are bound anywhere, in whatever scope."""
        return {name for node in nodes_of(self.tree) if (name := bound_by(node)) is not None}

    @functools.cached_property
    def read(self) -> set[str]:
        """The names that are read anywhere, and those that are imported from a module."""
        return {
            node.id if isinstance(node, ast.Name) else (node.module or "").partition(".")[0]
            for node in nodes_of(self.tree)
            if isinstance(node, ast.ImportFrom)
            or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load))
        }

    @functools.cached_property
    def makes_names(self) -> bool:
        """Whether it may bind names that it does not write: by a star import, or by ``exec``."""
        return any(
            (isinstance(node, ast.alias) and node.name == "*")
            or (isinstance(node, ast.Name) and node.id in ("exec", "eval", "globals", "setattr"))
            for node in nodes_of(self.tree)
        )

    @functools.cached_property
    def harmless(self) -> frozenset[int]:
        """The statements that cannot raise an error, whatever happened before."""
        return frozenset() if self.makes_names else frozenset(_harmless(self))

    def read_in(self, number: int) -> Iterator[str]:
        """Yield the names that are read in a statement, and in no other that is in it."""
        todo: list[ast.AST] = [self.statements[number]]
        while todo:
            node = todo.pop()
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
                yield node.id
            todo += [
                child for child in parts(node) if self.numbers.get(id(child), number) == number
            ]

    def leaves_early(self, loop: ast.For | ast.AsyncFor | ast.While) -> bool:
        """Return whether a loop may be left, or begun again, before its end."""
        found = self._early.get(id(loop))
        if found is None:
            leaving = (ast.Break, ast.Continue, ast.Return, ast.Raise)
            found = any(isinstance(node, leaving) for one in loop.body for node in walk(one))
            self._early[id(loop)] = found
        return found

    def last_binder(self, name: str) -> int | None:
        """Return the statement that gave a global name its last value, if that is certain."""
        if self._last_binders is None:
            self._last_binders = _last_binders(self)
        return self._last_binders.get(name)

    def names_in(self, expression: ast.expr) -> frozenset[str]:
        """Return the names that are read in an expression."""
        found = self._names.get(id(expression))
        if found is None:
            found = self._names[id(expression)] = frozenset(
                node.id
                for node in walk(expression)
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
            )
        return found

    def scope(self, function: Function | ast.ClassDef) -> Scope:
        """Return the names of a function."""
        found = self._scopes.get(id(function))
        if found is None:
            found = self._scopes[id(function)] = scope_of(function)
        return found


def in_loop(inside: ast.AST, node: ast.expr) -> bool:
    """Return whether a node may run several times: it is in a loop, of whatever kind."""
    return _is_in(inside, node, (*LOOPS, *COMPREHENSIONS))


def in_expression_scope(inside: ast.AST, node: ast.expr) -> bool:
    """Return whether a node is in a comprehension or a lambda."""
    return _is_in(inside, node, (ast.Lambda, *COMPREHENSIONS))


def _is_in(inside: ast.AST, node: ast.expr, kinds: tuple[type, ...]) -> bool:
    """Return whether a node is one of some kinds, or in one."""
    todo = [(inside, isinstance(inside, kinds))]
    while todo:
        one, is_in = todo.pop()
        if one is node:
            return is_in
        for part in parts(one):
            # A decorator stands before its function.
            around = part.end_lineno if isinstance(part, ast.stmt) else None
            if around is None or around >= node.lineno:
                todo.append((part, is_in or isinstance(part, kinds)))
    return False


def _last_binders(program: Program) -> dict[str, int]:
    found: dict[str, int] = {}
    unsure: set[str] = set()
    for number, statement in enumerate(program.statements):
        if program.parents[number] is not None:
            continue
        for node in walk(statement):
            if isinstance(node, ast.Global):
                unsure.update(node.names)
            elif (name := bound_by(node)) is not None and not isinstance(node, ast.arg):
                found[name] = number
    simple = (ast.Assign, ast.AnnAssign)
    return {
        name: number
        for name, number in found.items()
        if name not in unsure and isinstance(program.statements[number], simple)
    }


#: Names by which a program may get what is printed, or have ``print`` be another.
_CATCHES_PRINTS = frozenset({"stdout", "print", "redirect_stdout"})


def _harmless(program: Program) -> Iterator[int]:
    """Yield the statements that cannot raise: constants are bound, added, appended and printed."""
    count: dict[str, int] = {}
    shown = program.bound.isdisjoint(_CATCHES_PRINTS)
    for node in nodes_of(program.tree):
        if (name := bound_by(node)) is not None:
            count[name] = count.get(name, 0) + 1
        elif isinstance(node, ast.Attribute) and node.attr in _CATCHES_PRINTS:
            shown = False
    # By name, its first statement, and how many of all those that bind it make it a number.
    numbers: dict[str, tuple[int, int]] = {}
    lists: dict[str, int] = {}
    for number, statement in enumerate(program.statements):
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                if _is_number(value) and (name in numbers or program.parents[number] is None):
                    first, known = numbers.get(name, (number, 0))
                    numbers[name] = first, known + 1
                elif isinstance(value, ast.List) and program.parents[number] is None:
                    lists[name] = number
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add() | ast.Sub(), value=value):
                if name in numbers and _is_number(value):
                    numbers[name] = numbers[name][0], numbers[name][1] + 1
    sure = {name: first for name, (first, known) in numbers.items() if known == count[name]}
    for number, statement in enumerate(program.statements):
        match statement:
            case ast.Pass() | ast.Expr(value=ast.Constant()):
                yield number
            case ast.Assign(targets=[ast.Name()], value=ast.Constant()):
                yield number
            case ast.AugAssign(target=ast.Name(id=name)):
                if sure.get(name, number) < number:
                    yield number
            case ast.Expr(value=ast.Call(func=ast.Name(id="print"), args=args, keywords=[])):
                if shown and all(isinstance(one, ast.Constant) for one in args):
                    yield number
            case ast.Expr(
                value=ast.Call(
                    func=ast.Attribute(value=ast.Name(id=name), attr="append"),
                    args=[ast.Constant()],
                    keywords=[],
                )
            ):
                if count.get(name) == 1 and lists.get(name, number) < number:
                    yield number


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float))


@dataclass(frozen=True)
class Scope:
    """The names of a function.

    Attributes:
        free: Names read in it, or in functions in it, that are not its own.
        globals: Names that it declares to be the module's.
        nonlocals: Names that it declares to be of a function around it.
        is_generator: Calling it runs nothing yet.
    """

    free: frozenset[str]
    globals: frozenset[str]
    nonlocals: frozenset[str]
    is_generator: bool


@dataclass(frozen=True)
class Names:
    """The names in a block of statements.

    Attributes:
        bound: Given a meaning there, in whatever way; deleted ones, too.
        read: Used there, or in functions in it that do not have them as their own.
        declared: Said to be of the module, or of a function around, by the kind of statement.
        is_generator: Whether it yields.
    """

    bound: set[str]
    read: set[str]
    declared: dict[type, set[str]]
    is_generator: bool


def names_in_block(body: Sequence[ast.AST]) -> Names:
    """Return the names in a block of statements."""
    bound: set[str] = set()
    read: set[str] = set()
    declared: dict[type, set[str]] = {ast.Global: set(), ast.Nonlocal: set()}
    is_generator = False
    todo = [*body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            read.add(node.id)
        elif isinstance(node, (ast.Global, ast.Nonlocal)):
            declared[type(node)].update(node.names)
        elif isinstance(node, (ast.Yield, ast.YieldFrom)):
            is_generator = True
        elif (name := bound_by(node)) is not None:
            bound.add(name)
        if isinstance(node, SCOPES):
            inner = scope_of(node)
            read |= inner.free
            todo += _outer_parts(node)
        elif isinstance(node, COMPREHENSIONS):
            targets = {
                name.id
                for generator in node.generators
                for name in walk(generator.target)
                if isinstance(name, ast.Name)
            }
            names = [name for name in walk(node) if isinstance(name, ast.Name)]
            read |= {n.id for n in names if isinstance(n.ctx, ast.Load)} - targets
            # What it loops over first is evaluated where its own names are not known yet.
            read |= {n.id for n in walk(node.generators[0].iter) if isinstance(n, ast.Name)}
            bound |= {n.id for n in names if isinstance(n.ctx, ast.Store)} - targets
            for part in walk(node):
                if isinstance(part, ast.Lambda):
                    read |= scope_of(part).free - targets
        else:
            todo += parts(node)
    return Names(bound, read, declared, is_generator)


def scope_of(function: Function | ast.ClassDef) -> Scope:
    """Return the names of a function or class."""
    body = function.body if isinstance(function.body, list) else [function.body]
    names = names_in_block(body)
    outer = names.declared[ast.Global] | names.declared[ast.Nonlocal]
    bound = set(names.bound)
    if not isinstance(function, ast.ClassDef):
        bound.update(arg.arg for arg in _arguments(function.args))
    return Scope(
        # The functions of a class do not see the names of its body.
        free=frozenset(
            names.read if isinstance(function, ast.ClassDef) else (names.read - bound) | outer
        ),
        globals=frozenset(names.declared[ast.Global]),
        nonlocals=frozenset(names.declared[ast.Nonlocal]),
        is_generator=names.is_generator,
    )


def _arguments(arguments: ast.arguments) -> list[ast.arg]:
    found = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return found + [arg for arg in (arguments.vararg, arguments.kwarg) if arg is not None]


def _outer_parts(node: ast.AST) -> list[ast.AST]:
    """Return what of a definition is evaluated in the scope around it."""
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    defaults: list[ast.AST] = []
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        defaults = [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]
    return [*getattr(node, "decorator_list", ()), *defaults]
