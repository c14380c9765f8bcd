"""Attributes, items, classes and instances."""

from __future__ import annotations

import ast
import contextlib
import types
from collections import defaultdict, deque
from typing import TYPE_CHECKING

from lineapy_store.slicing._expressions import (
    CONTAINERS,
    RESULT,
    Arguments,
    Expressions,
    key_of,
)
from lineapy_store.slicing._heap import (
    CLASS,
    INDEX,
    NOTHING,
    OBJECTS,
    Env,
    Obj,
    Value,
    is_array,
    is_table,
    objects_in,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

_BASES = ("bases",)
#: Special methods of which nothing catches what they raise: it does not say "no such item".
_NOT_CAUGHT = frozenset("call enter exit setitem iadd isub imul add sub mul truediv".split())
# Of a class, an instance or a function; none can be changed.
_PLAIN = frozenset("__name__ __qualname__ __doc__ __module__ __annotations__".split())


#: What containers have, by the kinds that cannot have attributes of their own.
_METHODS = {
    kind.__name__: frozenset(dir(kind))
    for kind in (tuple, set, dict, frozenset, deque, defaultdict)
}
# What ``Path.iterdir`` returns is told apart from lists nowhere.
_METHODS["list"] = frozenset((*dir(list), *dir(types.GeneratorType)))
#: Kinds of which some items are copies, and others share memory with the whole.
_TABLES = frozenset({"numpy.ndarray", "pandas.DataFrame", "pandas.Series"})
_INDEXERS = frozenset("loc iloc at iat".split())
#: What is known about a table that may have no rows: a column that is set may bring them.
EMPTY = "empty"


def _picks(index_node: ast.expr, index: Value, kind: str) -> bool:
    """Return whether an item is a copy: those at a list of places, or where a mask is true."""
    if isinstance(index_node, ast.List):
        # Names of fields in an array of records give a view.
        places = int if kind == "numpy.ndarray" else (int, str)
        return bool(index_node.elts) and all(
            isinstance(one, ast.Constant) and isinstance(one.value, places)
            for one in index_node.elts
        )
    return _is_mask(index_node) and bool(index) and all(obj.kind in _TABLES for obj in index)


def _is_list(index_node: ast.expr) -> bool:
    return isinstance(index_node, ast.List) or (
        isinstance(index_node, ast.Tuple) and isinstance(index_node.elts[-1], ast.List)
    )


def _is_mask(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp) and isinstance(node.op, (ast.BitAnd, ast.BitOr)):
        return _is_mask(node.left) and _is_mask(node.right)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        return _is_mask(node.operand)
    return isinstance(node, ast.Compare) and not any(
        isinstance(one, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for one in node.ops
    )


def _is_indexer(obj: Obj, name: str) -> bool:
    return name in _INDEXERS and is_table(obj)


def _columns(obj: Obj, index_node: ast.expr, index: Value) -> list[str]:
    """Return the names of the columns that an item of a table is; none if it may be another."""
    text = text_of(index)
    if text is not None and is_table(obj):
        return [text]
    if obj.kind == "indexer" and isinstance(index_node, ast.Tuple) and len(index_node.elts) == 2:  # noqa: PLR2004 - rows and columns
        index_node = index_node.elts[1]
    elif not is_table(obj):
        return []
    names = index_node.elts if isinstance(index_node, ast.List) else [index_node]
    texts = [
        one.value for one in names if isinstance(one, ast.Constant) and isinstance(one.value, str)
    ]
    return texts if len(texts) == len(names) else []


def _adds_no_row(index_node: ast.expr, index: Value) -> bool:
    """Return whether the rows of ``df.loc[rows, column]`` are some of those that are there.

    Of several that are not, it is an error.
    """
    if not isinstance(index_node, ast.Tuple):
        return False
    rows = index_node.elts[0]
    if _is_mask(rows) or isinstance(rows, ast.List):
        return True
    if isinstance(rows, ast.Slice):
        return rows.lower is rows.upper is rows.step is None
    given = [one for obj in index for one in obj.fields.get(0, ())]
    return bool(given) and all(one.kind in _TABLES for one in given)


class Objects(Expressions):
    """Looks into objects."""

    def table_of(self, obj: Obj) -> Obj:
        """Return the table that something is, or that it picks rows and columns of."""
        return next(iter(obj.fields["table"])) if obj.kind == "indexer" else obj

    def picked(self, obj: Obj, node: ast.AST) -> set[Obj]:
        """Return a copy of some items of an object, which holds what is in them."""
        made = self.new(obj.kind, node)
        made.hold(obj.held())
        return {made}

    def root(self, obj: Obj) -> Obj:
        """Return the module that something of a library is in."""
        return self.shared("module", str(obj.about).partition(".")[0])

    def _option(self, obj: Obj, name: str) -> tuple[str, str]:
        """Return of which library an attribute is an option, and its name, if it is one."""
        library, _, option = f"{obj.about}.{name}".partition(".options.")
        return library, option if option and self.library.knows(f"{library}.options") else ""

    def keep(self, name: str, value: Value) -> None:
        """Have a module of which nothing is known keep a value, and be changed."""
        state = self.state_of(name)
        if state is not None:
            self.change((state,))
            state.hold(value - {state})

    # Classes.

    def bases(self, cls: Obj) -> list[Obj]:
        """Return a class and those that it inherits from, in about Python's order."""
        order: list[Obj] = []

        def add(obj: Obj) -> None:
            if obj in order:
                order.remove(obj)
            order.append(obj)
            for base in obj.about if obj.kind == "class" else ():
                add(base)

        add(cls)
        return order

    def class_attribute(self, cls: Obj, name: object, after: Obj | None = None) -> Value | None:
        """Return what a class has under a name, itself or inherited; None if nothing is seen.

        Args:
            cls: The class.
            name: The attribute's.
            after: Look only behind this one in the order of inheritance.
        """
        order = self.bases(cls)
        if after is not None and after in order:
            order = order[order.index(after) + 1 :]
        for obj in order:
            if obj.kind == "class":
                self.look_at(obj, name)
                if name in obj.fields:
                    return frozenset(obj.fields[name])
        return None

    def is_all_ours(self, cls: Obj) -> bool:
        """Return whether all that a class inherits is in the program."""
        ours = ("object", "Exception", "ValueError", "type", "ABC", "Generic", "Protocol")
        return all(
            base.kind == "class" or str(base.about).rpartition(".")[2] in ours
            for base in self.bases(cls)
        )

    def class_of(self, obj: Obj) -> Obj:
        """Return an instance's class."""
        (cls,) = obj.fields[CLASS]
        return cls

    def instance(self, cls: Obj, node: ast.AST) -> Obj:
        """Return a new instance."""
        obj = self.new("instance", node, tag=f"instance {id(cls)}")
        obj.fields[CLASS] = {cls}
        return obj

    def dunder(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """Call an object's special method, if its class has one; return what that returns."""
        if name in _NOT_CAUGHT:
            return self._dunder(obj, name, arguments, node)
        with self.closed():
            return self._dunder(obj, name, arguments, node)

    def rebuilt(self, obj: Obj, made: Obj, node: ast.AST) -> Value:
        """Do what an instance does when it is taken apart and put together, as by ``pickle``.

        Args:
            obj: The instance.
            made: The one that is put together.
            node: The expression that does so.
        """
        found: Value = NOTHING
        for name in ("reduce_ex", "reduce"):
            for recipe in self.dunder(obj, name, Arguments(), node) or ():
                found |= self.call_value(
                    recipe.get(0), Arguments(spread=frozenset(recipe.get(1))), node
                )
        state = self.dunder(obj, "getstate", Arguments(), node)
        self.dunder(obj, "getnewargs", Arguments(), node)
        self.dunder(made, "setstate", Arguments([state or frozenset((made,))]), node)
        return found

    def _dunder(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value | None:
        if obj.kind == "class":
            found: Value = NOTHING
            for metaclass in obj.fields.get("metaclass", ()):
                if metaclass.kind == "class":
                    method = self.class_attribute(metaclass, f"__{name}__")
                    if method is not None:
                        found |= self.call_methods(method, frozenset((obj,)), arguments, node)
            return found or None
        method = self.class_attribute(self.class_of(obj), f"__{name}__")
        if method is None:
            return None
        return self.call_methods(method, frozenset((obj,)), arguments, node)

    def call_methods(
        self, methods: Iterable[Obj], receiver: Value, arguments: Arguments, node: ast.AST
    ) -> Value:
        """Call what was found in a class, on an instance or on the class itself."""
        found: Value = NOTHING
        for method in methods:
            if method.kind == "function":
                found |= self.call_function(method, arguments, node, receiver)
            elif method.kind == "staticmethod":
                found |= self.call_value(frozenset(method.contents), arguments, node)
            elif method.kind == "classmethod":
                classes = frozenset(
                    self.class_of(obj) if obj.kind == "instance" else obj for obj in receiver
                )
                found |= self.call_methods(method.contents, classes, arguments, node)
            else:
                value = self.descriptor(frozenset((method,)), receiver, node)
                found |= self.call_value(value, arguments, node)
        return found

    def descriptor(self, value: Value, receiver: Value, node: ast.AST) -> Value:
        """Return what an attribute found in a class is on an instance of it."""
        found: set[Obj] = set()
        for obj in value:
            if obj.kind == "function":
                bound = self.new("bound", node, tag=f"bound {id(obj)}")
                bound.about = "__call__"
                bound.fields["self"] = set(receiver) | bound.fields.get("self", set())
                bound.fields["function"] = {obj}
                found.add(bound)
            elif obj.kind == "staticmethod":
                found |= obj.contents
            elif obj.kind == "classmethod":
                classes = frozenset(
                    self.class_of(one) if one.kind == "instance" else one for one in receiver
                )
                found |= self.descriptor(frozenset(obj.contents), classes, node)
            elif obj.kind == "property":
                getter = frozenset(obj.fields.get("get", ()))
                with contextlib.ExitStack() as stack:
                    stack.enter_context(self.closed())
                    for function in getter if "cached" in obj.fields else ():
                        if function.kind == "function":
                            stack.enter_context(self.kept(function.about, receiver))
                            node = function.about
                    result = self.call_methods(getter, receiver, Arguments(), node)
                if "cached" in obj.fields:
                    self.change(one for one in receiver if one.kind == "instance")
                obj.hold(result, "result")
                found |= result
            elif obj.kind == "instance":
                got = self.dunder(obj, "get", Arguments([receiver, NOTHING]), node)
                found |= {obj} if got is None else got
            elif obj.kind != "field":  # of a dataclass; each instance has its own
                found.add(obj)
        return frozenset(found)

    def made_of(self, obj: Obj, fits: Callable[[Obj], bool]) -> bool:
        """Return whether an object and all that it holds are known, and fit."""
        reached = self.reach((obj,))
        return reached is not None and all(map(fits, reached))

    def having(self, name: str, value: Value) -> Value:
        """Return the objects of a value that may have an attribute of that name.

        What a library's object holds may be what an item or attribute of it is, and so may what
        that holds: a container that has no such attribute stands for what is in it and has one.
        """
        if not any("." in obj.kind or obj.kind == "unknown" for obj in value):
            return value

        def lacks(obj: Obj) -> bool:
            return obj.kind in _METHODS and name not in _METHODS[obj.kind]

        found: set[Obj] = set()
        for obj in value:
            if _is_part(name) and _is_function(obj) and not obj.get(name):
                continue  # of what may be one or not, it is asked for an attribute
            reached = self.reach((obj,)) if lacks(obj) else None
            found.update((obj,) if reached is None else (o for o in reached if not lacks(o)))
        return frozenset(found)

    # Attributes.

    def attribute(self, value: Value, name: str, node: ast.AST) -> Value:
        """Return what an attribute may be."""
        for obj in value:
            if not _is_indexer(obj, name):  # of which what it picks is looked at
                self.look_at_attribute(obj, name)
        found: set[Obj] = set()
        for obj in self.having(name, value):
            found |= self._attribute_of(obj, name, node)
        return frozenset(found)

    def _has_parts(self, obj: Obj) -> bool:
        """Return whether to set an attribute of an object changes that attribute alone."""
        if obj.kind == "instance":
            return self.is_all_ours(self.class_of(obj))
        if obj.kind == "class":
            return self.is_all_ours(obj) and "metaclass" not in obj.fields
        return obj.kind == "function"

    def look_at_attribute(self, obj: Obj, name: str) -> None:
        """The current statement needs an attribute, or all of an object if it is not known."""
        for given in obj.fields.get("__dict__", ()):
            self.look_at(given, name)
        is_plain = obj.kind == "class" and name in _PLAIN
        is_module = obj.kind in ("module", "lib")
        if is_module or is_plain or self._knows(obj, name) or self._is_column(obj, name):
            self.look_at(obj, name)
        else:
            self.look((obj,))

    def _is_column(self, obj: Obj, name: str) -> bool:
        """Return whether an attribute of a table is a column: nothing else has that name."""
        if not is_table(obj) or name.startswith("_"):
            return False
        return not self.library.lists(f"{obj.kind}.{name}")

    def _knows(self, obj: Obj, name: str) -> bool:
        if not _is_part(name) or obj.kind not in ("function", "class", "instance"):
            return False
        if obj.kind == "function":
            return name in obj.fields
        cls = obj if obj.kind == "class" else self.class_of(obj)
        if any(one.contents for one in self.bases(cls)):
            return False  # what a class was given under an unknown name may be this
        return name in obj.fields or self.class_attribute(cls, name) is not None

    def _attribute_of(self, obj: Obj, name: str, node: ast.AST) -> AbstractSet[Obj]:
        kind = obj.kind
        if kind in ("module", "lib"):
            self.look_at(self.root(obj), name)
            library, option = self._option(obj, name)
            if option:
                self.look_at(self.options_with(library, option), ("option", option))
            full = f"{obj.about}.{name}"
            patched = obj.fields.get(name)
            if patched is not None:
                return patched
            if self.library.about(full).returns == "constant":
                return NOTHING
            return {self.in_module(full)}
        if kind == "instance":
            return self._instance_attribute(obj, name, node)
        if kind == "class":
            return self._attribute_of_class(obj, name, node)
        if kind == "property" and name in ("getter", "setter", "deleter"):
            return {obj}
        if kind == "text" or name in _PLAIN:
            return NOTHING
        if kind == "super":
            return self._bound(obj, name, node)
        if kind == "function" and name == "__dict__":
            return {self.dict_of(obj)}
        if kind == "function" and name in ("__defaults__", "__kwdefaults__"):
            return {self.share(obj, kind="defaultdict")}
        if kind == "function" and name.startswith("__") and name != "__call__":
            self.enter_body(obj.about, is_open=False)
        if kind == "function" and _is_part(name) and _is_function(obj):
            return obj.get(name)  # it has what it was given
        if kind in CONTAINERS or kind in ("generator", "file", "function", "builtin"):
            return {*obj.fields.get(name, ()), *self._bound(obj, name, node)}
        if kind.startswith("pandas."):
            accessed = self._accessed(obj, name, node)
            if accessed or name == "attrs":
                return accessed or self._notes(obj, node)
        if self._is_column(obj, name):
            column = self.share(obj, name)
            return {column, *column.held()}
        method: Value = NOTHING
        if "." in kind:
            facts = self.library.about(f"{kind}.{name}")
            if facts.returns == "constant":
                if facts.reads:
                    self.use_up((obj,))
                return NOTHING
            returns, _, of = facts.returns.partition(":")
            if returns == "value":
                return {self.new(of, node, tag=f"{name} {id(obj)}")}
            if returns == "view" and of and is_table(obj):
                method = self._bound(obj, name, node) if facts.changes else NOTHING
                return {self.share(obj, kind=of), *method}
            if returns == "part":
                return self._parts_of(obj, name, of, node)
            if returns == "wrapper":
                wrapper = self.new(of, node, tag=f"wrapper {id(obj)}")
                wrapper.hold((obj,))
                return {wrapper}
            if facts.changes and self.library.lists(f"{kind}.{name}"):
                method = self._bound(obj, name, node)
            # What has been registered there may be called.
            module = self.shared("module", kind.partition(".")[0])
            self.look((module,))
            self.read(self.kept_by(module))
        if _is_indexer(obj, name):
            made = self.new("indexer", node, tag=f"indexer {id(obj)}")
            made.fields["table"] = {obj}
            return {made}
        if name == "values" and is_table(obj):
            return {self.share(obj, kind="numpy.ndarray")}
        held = obj.fields.get(name)
        return self.views(method.union((obj,), obj.held() if held is None else held))

    def _notes(self, obj: Obj, node: ast.AST) -> AbstractSet[Obj]:
        """Return the dictionary of notes that a table has, and those that it has copies of."""
        own = obj.fields.setdefault(("attrs",), set()) or {self.new("dict", node)}
        obj.hold(own, ("attrs",))
        return own.union(one for one in obj.contents if one.kind == "dict")

    def _parts_of(self, obj: Obj, name: str, kind: str, node: ast.AST) -> AbstractSet[Obj]:
        """Return what a table has under a name, and those of that class that it was given."""
        whole = obj if obj.part_of is None else obj.part_of[0]
        own = whole.fields.get((name,)) or {self.new(kind, node, tag=f"{name} {id(whole)}")}
        whole.hold(own, (name,))
        return own.union(one for one in whole.contents if one.kind == kind)

    def _accessed(self, obj: Obj, name: str, node: ast.AST) -> AbstractSet[Obj]:
        """Return what the program has registered as an attribute of tables, made for this one."""
        accessor = self._shared.get(("accessor", name))
        if accessor is None:
            return NOTHING
        self.look((accessor,))
        if ("accessor", name) not in obj.fields:
            given = Arguments([frozenset((obj,))])
            obj.hold(self.call_value(frozenset(accessor.contents), given, node), ("accessor", name))
        return obj.fields[("accessor", name)]

    def _bound(self, obj: Obj, name: str, node: ast.AST) -> Value:
        bound = self.new("bound", node, name, tag=f"bound {id(obj)}")
        bound.fields["self"] = {obj}
        return frozenset((bound,))

    def _instance_attribute(self, obj: Obj, name: str, node: ast.AST) -> Value:
        cls = self.class_of(obj)
        me = frozenset((obj,))
        if name == "__class__":
            return frozenset((cls,))
        if name == "__dict__":
            return frozenset((self.dict_of(obj), *obj.fields.get(name, ())))
        found: Value = self.dunder(obj, "getattribute", Arguments([NOTHING]), node) or NOTHING
        for given in obj.fields.get("__dict__", ()):
            found |= given.get(name)
        own = obj.fields.get(name)
        inherited = self.class_attribute(cls, name)
        if inherited is not None:
            found |= self.descriptor(inherited, me, node)
        if own is not None:
            is_field = any(one.kind == "field" for one in inherited or ())
            return found.union(own, obj.contents if is_field else ())
        if inherited is not None and any(
            one.kind not in ("function", "property", "staticmethod", "classmethod")
            for one in inherited
        ):
            # Of a dataclass: a default, and what was passed instead.
            found |= obj.contents
        if inherited is None:
            found |= obj.contents
            found |= self.dunder(obj, "getattr", Arguments([NOTHING]), node) or NOTHING
            if not self.is_all_ours(cls):
                found |= me
        return found

    def _attribute_of_class(self, obj: Obj, name: str, node: ast.AST) -> Value:
        if name in _PLAIN:
            return NOTHING
        value = self.class_attribute(obj, name)
        if value is None:
            return frozenset((obj, *obj.contents)) if not self.is_all_ours(obj) else NOTHING
        found: set[Obj] = set()
        for one in value:
            if one.kind in ("function", "property"):
                found.add(one)
            else:
                found |= self.descriptor(frozenset((one,)), frozenset((obj,)), node)
        return frozenset(found)

    def set_attribute(self, value: Value, name: str, new: Value, node: ast.AST) -> None:
        """Give an attribute of the objects a value."""
        for obj in value:
            kind = obj.kind
            if kind in ("module", "lib"):
                self.read(new)
                library, option = self._option(obj, name)
                if option:
                    self.set_option(library, option, new)
                else:
                    self.change((self.root(obj), obj))
                obj.hold(new, name)
                self.keep(str(obj.about), new)
                if obj.about == "__main__":
                    self.bind(self.module, name, new)
                elif kind == "lib":
                    self.patched.setdefault(name, set()).add(obj)
            elif kind == "instance" and self._set_by_code(obj, name, new, node):
                self.change((obj,))
            elif kind == "instance" and name == "__class__":
                self._become(obj, new, node, is_single=self.is_single(value))
            else:
                for metaclass in obj.fields.get("metaclass", ()):
                    setter = self.class_attribute(metaclass, "__setattr__")
                    if setter is not None and not self.runs(setter):
                        arguments = Arguments([self.text(name), new])
                        self.call_methods(setter, frozenset((obj,)), arguments, node)
                if _is_part(name) and self._has_parts(obj):
                    self.change_part(obj, name, anew=self.is_single(value))
                else:
                    self.change((obj,))
                if is_array(kind):
                    self.read(new)
                    self.table_of(obj).hold(one for one in new if one.kind == INDEX)
                else:
                    obj.hold(new, name)
                for given in obj.fields.get("__dict__", ()) if name != "__dict__" else ():
                    self.look((obj,))
                    self.change_part(given, name)
                    given.hold(new, name)

    def _become(self, obj: Obj, new: Value, node: ast.AST, *, is_single: bool) -> None:
        """Have an instance be one of another class."""
        self.change((obj,))
        classes = [one for one in new if one.kind == "class"]
        if len(classes) == 1 and is_single:
            obj.fields[CLASS] = set(classes)
        elif classes:
            # It may still be what it was.
            either = self.new("class", node, [*classes, self.class_of(obj)])
            either.hold(either.about)
            obj.fields[CLASS] = {either}

    def _set_by_code(self, obj: Obj, name: str, new: Value, node: ast.AST) -> bool:
        """Set an attribute by the user's own code, if there is any for it."""
        me = frozenset((obj,))
        cls = self.class_of(obj)
        setter = self.class_attribute(cls, "__setattr__")
        if setter is not None and not self.runs(setter):
            self.call_methods(setter, me, Arguments([self.text(name), new]), node)
            obj.hold(new, name)
            return True
        done = False
        for one in self.class_attribute(cls, name) or ():
            if one.kind == "property":
                setters = frozenset(one.fields.get("set", ()))
                self.call_methods(setters, me, Arguments([new]), node)
                done = True
            elif one.kind == "instance":
                result = self.dunder(one, "set", Arguments([me, new]), node)
                done = done or result is not None
        return done

    # Items.

    def item(self, whole: Value, index_node: ast.expr, index: Value, node: ast.AST) -> Value:
        """Return what ``whole[index]`` may be."""
        key = key_of(index_node, index)
        found: set[Obj] = set()
        picks = frozenset(one for one in index if one.kind in ("function", "partial"))
        if picks and not all(obj.kind in CONTAINERS for obj in whole):
            # ``df[function]``
            with self.closed():
                self.call_value(picks, Arguments([frozenset(map(self.table_of, whole))]), node)
        for obj in whole:
            table, names = self.table_of(obj), _columns(obj, index_node, index)
            if names:
                for name in names:
                    self.look_at(table, name)
            elif key is not None and obj.kind == "dict":
                self.look_at(obj, key)
            elif obj.kind == "lib" and obj.about == "os.environ":
                self.look_at_environ(index)
            else:
                self.look((table,))
            if names and _is_list(index_node):
                found |= self.picked(table, node)
            elif names:
                column = self.share(table, names[0])
                found |= {column, *column.held()}
            else:
                found |= self._item_of(table, index_node, index, node)
        return frozenset(found)

    def _item_of(
        self, obj: Obj, index_node: ast.expr, index: Value, node: ast.AST
    ) -> AbstractSet[Obj]:
        kind = obj.kind
        if kind in ("text", "builtin"):
            return NOTHING
        if kind == "lib":
            if obj.about == "sys.modules":
                return {self.namespace()}
            return NOTHING if obj.about == "os.environ" else {obj}
        if kind == "defaultdict":
            self.change((obj,))
            factory = frozenset(obj.fields.get(("factory",), ()))
            if factory:
                obj.hold(self.call_value(factory, Arguments(), node), key_of(index_node, index))
        if kind in CONTAINERS:
            if isinstance(index_node, ast.Slice):
                return self.picked(obj, node)
            key = key_of(index_node, index)
            if key is None or (isinstance(key, int) and key < 0):
                return set(obj.held())
            return obj.get(key)
        if kind == "instance":
            got = self.dunder(obj, "getitem", Arguments([index]), node)
            if got is not None:
                return got
            missing = self.dunder(obj, "missing", Arguments([index]), node) or NOTHING
            return {obj, *obj.held(), *missing}
        if kind == "class":
            members = self.dunder(obj, "getitem", Arguments([index]), node)
            self.dunders_of_class(obj, "__class_getitem__", index, node)
            return {obj, *(members or ()), *_members(obj)}
        if kind == INDEX:
            # Another index, or what cannot be changed.
            return NOTHING if isinstance(index_node, ast.Constant) else {self.new(kind, node)}
        if kind in _TABLES and _picks(index_node, index, kind):
            return self.picked(obj, node)
        return self.views(frozenset((obj, *obj.held())))

    def look_at_environ(self, value: Value) -> None:
        """The current statement needs the environment variable of that name, or all if any."""
        system, name = self.shared("module", "os"), text_of(value)
        self.look((self.shared("state", "environment"),))
        if name is None:
            self.look((system,))
        else:
            self.look_at(system, ("environ", name))

    def dunders_of_class(self, cls: Obj, name: str, argument: Value, node: ast.AST) -> None:
        """Call a class method of a class by its name, if it has it."""
        method = self.class_attribute(cls, name)
        if method is not None:
            self.call_methods(method, frozenset((cls,)), Arguments([argument]), node)

    def set_item(
        self, whole: Value, index_node: ast.expr, index: Value, new: Value, node: ast.AST
    ) -> None:
        """Do ``whole[index] = new``."""
        for obj in whole:
            if obj.kind in ("module", "lib"):
                self.read(new)
                name = text_of(index) if obj.about == "os.environ" else None
                if name is None:
                    self.change((self.root(obj), obj))
                    self.keep(str(obj.about), new)
                else:
                    is_single = len(whole) == 1 and self.is_certain()
                    for one in (self.root(obj), obj):
                        self.change_part(one, ("environ", name), anew=is_single)
            elif obj.kind == "instance":
                done = self.dunder(obj, "setitem", Arguments([index, new]), node)
                if done is None:
                    self.change((obj,))
                    obj.hold(new)
            else:
                key = key_of(index_node, index) if "ict" in obj.kind else None
                table, names = self.table_of(obj), _columns(obj, index_node, index)
                if table.about == EMPTY:
                    names = []
                if key is not None and obj.kind == "dict" and _is_key(obj, key):
                    self.change_part(obj, key, anew=self.is_single(whole))
                elif names and obj.kind == "indexer" and _adds_no_row(index_node, index):
                    self.change(self.share(table, name) for name in names)
                elif names and obj is table:
                    for name in names:
                        self.change_part(table, name)
                else:
                    self.change_items(table)
                if is_array(table.kind):
                    self.read(new)
                    self._hold_cells(obj, table, names, new)
                elif obj.kind == "view_of_dict":
                    self.change(obj.fields.get("source", ()))
                else:
                    obj.hold(index)
                    if isinstance(index_node, ast.Slice):
                        obj.hold(self.iterate(new, node))
                    obj.hold(new, key)

    def _hold_cells(self, obj: Obj, table: Obj, names: list[str], new: Value) -> None:
        """Have an array or a table hold what is put into cells of it, if that is no number."""
        is_array_of_objects = table.about == OBJECTS or not table.contents.isdisjoint(new)
        cells = set(objects_in(new, lists=is_array_of_objects))
        if table.kind.startswith("pandas."):
            # A column's cells may be lists; one cell is set by way of an indexer.
            lists = objects_in(new, lists=True, axes=1)
            given = NOTHING if obj.kind == "indexer" else new
            cells.update(one for one in lists if one.kind != "unknown" and one not in given)
        for key in names or (None,):
            table.hold(cells, key)

    def delete(self, target: ast.expr, env: Env) -> None:
        """Do ``del target``."""
        if isinstance(target, ast.Name):
            self.unbind(env, target.id)
        elif isinstance(target, (ast.Tuple, ast.List)):
            for element in target.elts:
                self.delete(element, env)
        elif isinstance(target, ast.Attribute):
            value = self.value(target.value, env)
            for obj in value:
                self.change((obj,))
                if obj.kind in ("module", "lib"):
                    self.change((self.root(obj),))
                if obj.kind == "instance":
                    self.dunder(obj, "delattr", Arguments([NOTHING]), target)
        elif isinstance(target, ast.Subscript):
            value = self.value(target.value, env)
            index = self.value(target.slice, env)
            self.hash(index, target.slice)
            for obj in value:
                self.change_items(obj)
                if obj.kind in ("module", "lib"):
                    self.change((self.root(obj),))
                if obj.kind == "instance":
                    self.dunder(obj, "delitem", Arguments([index]), target)

    def change_items(self, obj: Obj) -> None:
        """Change an object's items; what nothing is known of may be something that it holds."""
        if obj.kind == "unknown" and obj.about != RESULT:
            self.change_all((obj,))
        else:
            self.change((obj,))

    # What is defined elsewhere.

    def runs(self, functions: Iterable[Obj]) -> bool:
        """Return whether one of the functions is running."""
        raise NotImplementedError

    def call_function(
        self, obj: Obj, arguments: Arguments, node: ast.AST, receiver: Value | None = None
    ) -> Value:
        """Call a function of the program."""
        raise NotImplementedError

    def call_attribute(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        """Call ``receiver.name(...)``."""
        raise NotImplementedError

    def call_value(self, value: Value, arguments: Arguments, node: ast.AST) -> Value:
        """Call whatever a value is."""
        raise NotImplementedError


def _is_function(obj: Obj) -> bool:
    """Return whether it has no attributes of its own but special ones and those it was given."""
    if obj.kind == "bound":
        return "function" not in obj.fields
    # A decorator may have given it those of another function.
    plain = obj.kind == "function" and "cached" not in obj.fields
    return plain and not getattr(obj.about, "decorator_list", ())


def _is_part(name: str) -> bool:
    """Return whether an attribute has one name, and changes nothing else.

    A private one has another name outside its class: ``__a`` is ``_Class__a`` there.
    """
    return not name.endswith("__") and "__" not in name[1:].lstrip("_")


def _is_key(obj: Obj, key: object) -> bool:
    """Return whether a dictionary has nothing else under a key: attributes may be private."""
    return obj.part_of is None or (isinstance(key, str) and _is_part(key))


def _members(cls: Obj) -> Iterator[Obj]:
    for key, value in cls.fields.items():
        if isinstance(key, str):
            yield from (obj for obj in value if obj.kind not in ("function", "property"))
