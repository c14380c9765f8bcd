"""What a program calls the library, and stores that it has made."""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lineapy_store.slicing._program import bound_by, nodes_of, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: The names of the library: its own, and that of the one whose verbs it has.
PACKAGES = ("lineapy_store", "lineapy")
# What makes a store, of the library and of the toolkit; fixtures that are one.
_MAKERS = frozenset(["Store", "lineapy_store", "lineapy_fresh_store"])
_FIXTURES = frozenset(["lineapy_store", "lineapy_store_mlflow"])
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Library:
    """What a program calls the library.

    Attributes:
        modules: Names of it, and of what it has.
        saves: Names of its function ``save``.
        stores: Variables that are stores.
        attributes: Attributes that are.
        makers: Functions and fixtures that return one.
    """

    modules: set[str] = field(default_factory=set)
    saves: set[str] = field(default_factory=set)
    stores: set[str] = field(default_factory=set)
    attributes: set[str] = field(default_factory=set)
    makers: set[str] = field(default_factory=set)

    def is_save(self, function: ast.expr) -> bool:
        """Return whether a function is ``save``, of the library or of a store."""
        if isinstance(function, ast.Attribute):
            root = function.value
            named = isinstance(root, ast.Name) and root.id in self.modules
            return function.attr == "save" and (named or self.is_store(root))
        return isinstance(function, ast.Name) and function.id in self.saves

    def is_store(self, node: ast.expr | None) -> bool:
        """Return whether an expression is a store."""
        match node:
            case ast.Name(id=name):
                return name in self.stores
            case ast.Attribute(attr=name):
                return name in self.attributes
            case ast.Call(func=ast.Name(id=name)):
                return name in self.makers
            case ast.Call(func=ast.Attribute(value=ast.Name(id=root), attr=name)):
                return root in self.modules and name in _MAKERS
        return False


@functools.lru_cache(maxsize=1)
def library_of(tree: ast.Module) -> Library:
    """Return what a program calls the library, which is asked for several times."""
    found = Library()
    for node in nodes_of(tree):
        if not isinstance(node, (ast.Import, ast.ImportFrom)):
            continue
        for alias in node.names:
            module = alias.name if isinstance(node, ast.Import) else node.module or ""
            name = bound_by(alias)
            if name is not None and module.partition(".")[0] in (*PACKAGES, "pytest_lineapy"):
                is_save = isinstance(node, ast.ImportFrom) and alias.name == "save"
                (found.saves if is_save else found.modules).add(name)
                found.makers.update({name} if alias.name == "Store" else ())
    _find_stores(nodes_of(tree), found)
    return found


def _find_stores(nodes: Sequence[ast.AST], found: Library) -> None:
    """Add the variables, attributes and functions of a program that are stores or return one."""
    arguments = [node for node in nodes if isinstance(node, ast.arg)]
    fixtures = {node.arg for node in arguments} & (_FIXTURES | _MAKERS)
    if not found.makers and not found.modules and not fixtures:
        return
    found.stores.update(fixtures & _FIXTURES)
    found.makers.update(fixtures & _MAKERS - _FIXTURES)
    for node in arguments:
        annotation = node.annotation
        if getattr(annotation, "attr", getattr(annotation, "id", "")) == "Store":
            found.stores.add(node.arg)
    bindings = [*_bindings(nodes)]
    functions = [node for node in nodes if isinstance(node, _Function)]
    size = -1
    while size != len(found.stores) + len(found.attributes) + len(found.makers):
        size = len(found.stores) + len(found.attributes) + len(found.makers)
        for target, value in bindings:
            if isinstance(target, ast.Name) and found.is_store(value):
                found.stores.add(target.id)
            elif isinstance(target, ast.Attribute) and found.is_store(value):
                found.attributes.add(target.attr)
        for function in functions:
            if any(found.is_store(value) for value in _returned(function)):
                found.makers.add(function.name)
                # A fixture's name is that of the argument which it is.
                found.stores.update({function.name} if function.decorator_list else ())
    for target, value in bindings:
        if not found.is_store(value):
            found.stores.discard(getattr(target, "id", ""))
            found.attributes.discard(getattr(target, "attr", ""))


def _bindings(nodes: Sequence[ast.AST]) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Yield what is assigned to, and the expression for what it is given."""
    for node in nodes:
        match node:
            case ast.Assign(targets=targets, value=value):
                yield from ((target, value) for target in targets)
            case (
                ast.AnnAssign(target=target, value=value)
                | ast.NamedExpr(target=target, value=value)
            ):
                yield target, value
            case ast.withitem(context_expr=value, optional_vars=ast.expr() as target):
                yield target, value
            case ast.For(target=target) | ast.comprehension(target=target):
                yield from ((one, None) for one in walk(target) if isinstance(one, ast.expr))


def _returned(function: _Function) -> Iterator[ast.expr | None]:
    """Yield what a function returns or yields."""
    for node in walk(function):
        if isinstance(node, (ast.Return, ast.Yield)):
            yield node.value
