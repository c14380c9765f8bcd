"""What expressions read, change and give."""

from __future__ import annotations

import ast
import functools
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from lineapy_store.slicing._heap import (
    CLASS,
    INDEX,
    NOTHING,
    Env,
    Obj,
    Value,
    is_array,
    joined,
    text_of,
    without_texts,
)
from lineapy_store.slicing._ways import Ways

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Kinds whose elements are what they hold.
CONTAINERS = frozenset(
    """list tuple set dict frozenset deque iterator defaultdict view_of_dict Counter
    OrderedDict""".split()
)
#: Kinds of which a loop uses something up.
USED_UP = frozenset({"iterator", "generator", "file", "unknown"})
_OPERATORS = {
    ast.Add: "add",
    ast.Sub: "sub",
    ast.Mult: "mul",
    ast.MatMult: "matmul",
    ast.Div: "truediv",
    ast.FloorDiv: "floordiv",
    ast.Mod: "mod",
    ast.Pow: "pow",
    ast.LShift: "lshift",
    ast.RShift: "rshift",
    ast.BitAnd: "and",
    ast.BitOr: "or",
    ast.BitXor: "xor",
    ast.Eq: "eq",
    ast.NotEq: "ne",
    ast.Lt: "lt",
    ast.LtE: "le",
    ast.Gt: "gt",
    ast.GtE: "ge",
    ast.In: "contains",
    ast.NotIn: "contains",
    ast.USub: "neg",
    ast.UAdd: "pos",
    ast.Invert: "invert",
}
# Of a text that is put together; longer ones are not known.
_LONGEST = 100_000
#: What is known about what an operator has made: nobody else has it.
RESULT = "result"
_MIRRORED = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}


@dataclass
class Arguments:
    """What a call passes.

    Attributes:
        positional: Values by position.
        keywords: Values by name.
        spread: What ``*args`` and ``**kwargs`` may bring, under any position or name.
        flags: Those that are constants or names for them, by name or position.
        perhaps: What ``**kwargs`` may bring under names that are known; it is in ``spread``, too.
    """

    positional: list[Value] = field(default_factory=list)
    keywords: dict[str, Value] = field(default_factory=dict)
    spread: Value = NOTHING
    flags: dict[str | int, object] = field(default_factory=dict)
    perhaps: dict[str, Value] = field(default_factory=dict)

    def all(self) -> Value:
        """Return all of it as one value."""
        if not self.keywords and not self.spread and len(self.positional) == 1:
            return self.positional[0]
        return self.spread.union(*self.positional, *self.keywords.values())

    def get(self, position: int | None, name: str) -> Value | None:
        """Return an argument by its position or name."""
        if name in self.keywords:
            return self.keywords[name]
        if position is not None and position < len(self.positional):
            return self.positional[position]
        return self.perhaps.get(name)

    def is_given(self, name: str, position: int | None = None) -> bool:
        """Return whether there is an argument, and not as what switches it off."""
        if self.get(position, name) is None:
            return False
        flag = self._flag(name, position, default=True)
        return flag is not None and flag is not False

    def is_off(self, name: str, position: int | None = None) -> bool:
        """Return whether there is an argument that may switch something off."""
        is_there = self.get(position, name) is not None
        return is_there and not self._flag(name, position, default=False)

    def _flag(self, name: str, position: int | None, *, default: bool) -> object:
        key = position if position is not None and name not in self.keywords else name
        return self.flags.get(key, default)


def is_used_up(kind: str) -> bool:
    """Return whether reading from an object of this kind moves it on."""
    return kind in USED_UP or (
        "." in kind
        and (kind.startswith("io.") or kind.endswith((".reader", "Reader", ".Cursor", ".iterator")))
    )


class Expressions(Ways):
    """Evaluates expressions."""

    _evaluators: ClassVar[dict[type, Callable[..., Value]]] = {}

    def value(self, node: ast.expr | None, env: Env) -> Value:
        """Return what an expression may give, having done what it does."""
        if node is None:
            return NOTHING
        kind = type(node)
        if kind not in self._evaluators:
            self._evaluators[kind] = getattr(type(self), f"_{kind.__name__}", Expressions._other)
        return self.widened(self._evaluators[kind](self, node, env))

    def _other(self, node: ast.expr, env: Env) -> Value:
        """Evaluate a kind of expression that is newer than this code: a call of its parts."""
        parts: Value = NOTHING
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                parts |= self.value(child, env)
        return self.call_unknown(parts, Arguments(), node)

    def _Constant(self, node: ast.Constant, _env: Env) -> Value:
        return self.text(node.value) if isinstance(node.value, str) else NOTHING

    def _Name(self, node: ast.Name, env: Env) -> Value:
        return self.read_name(node.id, env)

    def _NamedExpr(self, node: ast.NamedExpr, env: Env) -> Value:
        value = self.value(node.value, env)
        home = env
        while home.kind == "comprehension" and home.parent is not None:
            home = home.parent
        self.bind(home, node.target.id, value)
        return value

    def _Attribute(self, node: ast.Attribute, env: Env) -> Value:
        return self.attribute(self.value(node.value, env), node.attr, node)

    def _Subscript(self, node: ast.Subscript, env: Env) -> Value:
        whole = self.value(node.value, env)
        index = self.value(node.slice, env)
        self.read(index)
        self.dunders(index, ("hash", "eq", "index"), node)
        return self.item(whole, self.spelled(node.slice, env), index, node)

    def spelled(self, index: ast.expr, env: Env) -> ast.expr:
        """Return an index with the lists themselves for variables, and sums of them, that are some.

        Only of lists of constants, which nobody has changed.
        """
        if isinstance(index, ast.Tuple) and index.elts:
            *rows, columns = index.elts
            spelled = self.spelled(columns, env)
            return index if spelled is columns else ast.Tuple([*rows, spelled], ast.Load())
        if isinstance(index, ast.BinOp) and isinstance(index.op, ast.Add):
            left, right = self.spelled(index.left, env), self.spelled(index.right, env)
            if isinstance(left, ast.List) and isinstance(right, ast.List):
                return ast.List([*left.elts, *right.elts], ast.Load())
        if isinstance(index, ast.Name) and self.is_sure():
            return self._spelled_name(index, env)
        return index

    def _spelled_name(self, name: ast.Name, env: Env) -> ast.expr:
        assignment, value = self.assignment_of(name.id, env)
        if not (
            assignment is not None
            and isinstance(assignment.value, ast.List)
            and all(isinstance(one, ast.Constant) for one in assignment.value.elts)
        ):
            return name
        is_as_made = all(obj.kind == "list" and obj.last is None for obj in value)
        return assignment.value if is_as_made and value else name

    def assignment_of(self, name: str, env: Env) -> tuple[ast.Assign | None, Value]:
        """Return the assignment to names alone that gave one its value, if it is known, and that.

        It is known as long as all that was done is.
        """
        statements = self.program.statements
        binding = next(env.find(name), None)
        if binding is None or binding.maybe_unbound or len(binding.binders) != 1:
            return None, NOTHING
        (number,) = binding.binders
        found = statements[number] if number < len(statements) else None
        if not isinstance(found, ast.Assign) or not all(
            isinstance(target, ast.Name) for target in found.targets
        ):
            return None, NOTHING
        return found, binding.value

    def _Slice(self, node: ast.Slice, env: Env) -> Value:
        for part in (node.lower, node.upper, node.step):
            self.read(self.value(part, env))
        return NOTHING

    def _Starred(self, node: ast.Starred, env: Env) -> Value:
        return self.iterate(self.value(node.value, env), node)

    def _tuple(self, node: ast.Tuple | ast.List | ast.Set, env: Env) -> Value:
        obj = self.new(type(node).__name__.lower(), node)
        exact = isinstance(node, ast.Tuple)
        held = False
        for position, element in enumerate(node.elts):
            value = self.value(element, env)
            exact = exact and not isinstance(element, ast.Starred)
            held = held or bool(value)
            obj.hold(value, position if exact else None)
        if isinstance(node, ast.Set):
            self.hash(frozenset(obj.held()), node)
        if isinstance(node, ast.Tuple) and not held and not obj.contents and not obj.fields:
            return NOTHING
        return frozenset((obj,))

    _Tuple = _List = _Set = _tuple

    def _Dict(self, node: ast.Dict, env: Env) -> Value:
        obj = self.new("dict", node)
        for key_node, value_node in zip(node.keys, node.values, strict=True):
            value = self.value(value_node, env)
            if key_node is None:
                self.read(value)
                obj.hold(self.elements(value, node))
                for source in value:
                    self.hold_keys(obj, source)
            else:
                key = self.value(key_node, env)
                self.hash(key, key_node)
                obj.hold(key)
                obj.hold(value, key_of(key_node, key))
        return self.note_single(frozenset((obj,)))

    def hold_keys(self, obj: Obj, source: Obj) -> None:
        """Have a dictionary hold what another has under its keys that are known."""
        for key, value in source.fields.items() if source.kind == "dict" else ():
            if key != CLASS:
                obj.hold(value, key)

    def hash(self, value: Value, node: ast.AST) -> None:
        """Use a value as a key."""
        if value:
            self.read(value)
            self.dunders(value, ("hash", "eq"), node)

    def _JoinedStr(self, node: ast.JoinedStr, env: Env) -> Value:
        texts = [text_of(self.value(part, env)) for part in node.values]
        known = [text for text in texts if text is not None]
        return self.text("".join(known)) if len(known) == len(texts) else NOTHING

    _TemplateStr = _JoinedStr

    def _FormattedValue(self, node: ast.FormattedValue, env: Env) -> Value:
        value = self.value(node.value, env)
        self.value(node.format_spec, env)
        if value:
            self.show(value, ("format", "str", "repr"), node)
        is_text = node.format_spec is None and node.conversion in (-1, ord("s"))
        return value if is_text and text_of(value) is not None else NOTHING

    _Interpolation = _FormattedValue

    def _BoolOp(self, node: ast.BoolOp, env: Env) -> Value:
        result = self.value(node.values[0], env)
        self.truth(result, node)
        for part in node.values[1:]:
            found: list[Value] = []
            self.either(functools.partial(self._tell, part, env, found), _stay)
            self.truth(found[0], node)
            result = joined(result, found[0])
        return result

    def _tell(self, node: ast.expr, env: Env, found: list[Value]) -> None:
        found.append(self.value(node, env))

    def _IfExp(self, node: ast.IfExp, env: Env) -> Value:
        self.truth(self.value(node.test, env), node)
        found: list[Value] = []
        self.either(
            lambda: found.append(self.value(node.body, env)),
            lambda: found.append(self.value(node.orelse, env)),
        )
        return joined(*found)

    def show(self, value: Value, names: Iterable[str], node: ast.AST) -> None:
        """Make a text of a value, by its special methods of those names, and of what it holds."""
        inner = self.read(value)
        self.look_at_options(inner, node)
        self.dunders(value, names, node)
        self.dunders((obj for obj in inner or () if obj not in value), ("repr", "str"), node)

    def truth(self, value: Value, node: ast.AST) -> None:
        """Ask whether a value is true."""
        if value:
            self.look(value)
            self.dunders(value, ("bool", "len"), node)

    def _UnaryOp(self, node: ast.UnaryOp, env: Env) -> Value:
        value = self.value(node.operand, env)
        if isinstance(node.op, ast.Not):
            self.truth(value, node)
            return NOTHING
        if not value:
            return NOTHING
        return self.operation(_OPERATORS[type(node.op)], [value], node)

    def _BinOp(self, node: ast.BinOp, env: Env) -> Value:
        left, right = self.value(node.left, env), self.value(node.right, env)
        if not left and not right:
            # Of decimal numbers, which round as the module's context says.
            self.look((self.shared("module", "decimal"),))
            return NOTHING
        text, more = text_of(left), text_of(right)
        if text is not None and more is not None and isinstance(node.op, ast.Add):
            return self.text(text + more)
        if text is not None and more is not None and isinstance(node.op, ast.Div):
            # A path is kept as its text.
            return self.text(posixpath.join(text, more))
        if text is not None and isinstance(node.op, ast.Mult):
            return self._repeated(text, node.right)
        return self.operation(_OPERATORS[type(node.op)], [left, right], node)

    def _repeated(self, text: str, times: ast.expr) -> Value:
        count = times.value if isinstance(times, ast.Constant) else None
        if not isinstance(count, int) or len(text) * count > _LONGEST:
            return NOTHING
        return self.text(text * count)

    def _Compare(self, node: ast.Compare, env: Env) -> Value:
        operands = [self.value(node.left, env)]
        result: Value = NOTHING
        for operator, right in zip(node.ops, node.comparators, strict=True):
            operands.append(self.value(right, env))
            if isinstance(operator, (ast.Is, ast.IsNot)):
                continue
            pair = operands[-2:]
            if isinstance(operator, (ast.In, ast.NotIn)):
                elements = self.iterate(pair[1], node)
                self.dunders(elements | pair[0], ("eq", "hash"), node)
                pair.reverse()
            result |= self.operation(_OPERATORS[type(operator)], pair, node, compares=True)
        return result

    def operation(
        self, name: str, operands: list[Value], node: ast.AST, *, compares: bool = False
    ) -> Value:
        """Return what an operator gives: ``a + b``, ``a < b``, ``-a``."""
        objects = frozenset().union(*operands)
        if not any(obj.kind != "text" for obj in objects):
            return NOTHING
        self.read(objects)
        if name == "mod" and not any(obj.kind != "text" for obj in operands[0]):
            self.show(operands[-1], ("str", "repr"), node)
            for obj in operands[-1]:
                if obj.kind == "instance":
                    self.dunder(obj, "missing", Arguments([NOTHING]), node)
        result: Value = NOTHING
        others = False
        for position, operand in enumerate(operands):
            for obj in operand:
                if obj.kind not in ("instance", "class"):
                    others = others or obj.kind != "text"
                    continue
                method = name if position == 0 else _MIRRORED.get(name, f"r{name}")
                arguments = Arguments([o for p, o in enumerate(operands) if p != position])
                found = self.dunder(obj, method, arguments, node)
                if found is None and compares and position == 0:
                    # "<=" may come from a class decorator, which calls the others.
                    self.dunders(frozenset((obj,)), ("eq", "lt", "iter", "len", "getitem"), node)
                result |= found or NOTHING
        if not others or name == "contains":
            return result
        kinds = {obj.kind for obj in objects}
        arrays = [kind for kind in sorted(kinds) if is_array(kind)]
        if arrays:
            self.options({kind.partition(".")[0] for kind in arrays}, node)
            kind = (
                "numpy.ndarray" if compares and not arrays[-1].startswith("pandas") else arrays[-1]
            )
            return result | {self.new(kind, node)}
        if compares and not kinds & {"unknown"}:
            return result
        builtin = [kind for kind in ("list", "tuple", "set", "dict", "Counter") if kind in kinds]
        if kinds <= CONTAINERS | {"text"} and builtin:
            made = self.new(builtin[0], node)
            for obj in objects:
                made.hold(obj.held())
            return result | {made}
        # What is of some class of a library stays so, as sums of expressions are some.
        libraries = [kind for kind in sorted(kinds) if kind.endswith(".*")]
        made = self.new(libraries[0] if len(libraries) == 1 else "unknown", node, RESULT)
        if not compares:
            made.hold(objects)
            for obj in objects:
                made.hold(obj.held())
        return result | {made}

    def dunders(self, value: Iterable[Obj], names: Iterable[str], node: ast.AST) -> None:
        """Call special methods of the user's own classes, where they have them."""
        for obj in value:
            if obj.kind in ("instance", "class"):
                for name in names:
                    self.dunder(obj, name, Arguments(), node)

    def _Lambda(self, node: ast.Lambda, env: Env) -> Value:
        return self.function(node, env)

    def function(
        self, node: ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef, env: Env
    ) -> Value:
        """Return a function that is defined here."""
        obj = self.new("function", node, node)
        obj.env = env
        arguments = node.args
        named = [*arguments.posonlyargs, *arguments.args]
        with_default = named[len(named) - len(arguments.defaults) :]
        for argument, default in zip(with_default, arguments.defaults, strict=True):
            obj.hold(self.value(default, env), ("default", argument.arg))
        for argument, default_or_none in zip(
            arguments.kwonlyargs, arguments.kw_defaults, strict=True
        ):
            obj.hold(self.value(default_or_none, env), ("default", argument.arg))
        return frozenset((obj,))

    def _ListComp(self, node: ast.ListComp, env: Env) -> Value:
        return self._comprehended("list", node, env)

    def _SetComp(self, node: ast.SetComp, env: Env) -> Value:
        return self._comprehended("set", node, env)

    def _DictComp(self, node: ast.DictComp, env: Env) -> Value:
        return self._comprehended("dict", node, env)

    def _GeneratorExp(self, node: ast.GeneratorExp, env: Env) -> Value:
        obj = self.new("generator", node, node)
        obj.env = env
        first = self.value(node.generators[0].iter, env)
        obj.hold(first, "first")
        return frozenset((obj,))

    def _comprehended(
        self, kind: str, node: ast.ListComp | ast.SetComp | ast.DictComp, env: Env
    ) -> Value:
        obj = self.new(kind, node)
        obj.hold(self.comprehension(node, env))
        return frozenset((obj,))

    def comprehension(
        self,
        node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp,
        env: Env,
        first: Value | None = None,
    ) -> Value:
        """Run a comprehension; return its elements."""
        inner = self.scope("comprehension", node, env)
        elements: list[Value] = []

        def loop() -> None:
            for position, generator in enumerate(node.generators):
                if position == 0 and first is not None:
                    whole = first
                else:
                    whole = self.value(generator.iter, inner if position else env)
                self.assign(generator.target, self.iterate(whole, generator), inner)
                for condition in generator.ifs:
                    self.truth(self.value(condition, inner), condition)
            if isinstance(node, ast.DictComp):
                key = self.value(node.key, inner)
                self.hash(key, node.key)
                elements.append(key | self.value(node.value, inner))
            else:
                elements.append(self.value(node.elt, inner))
                if isinstance(node, ast.SetComp):
                    self.hash(elements[-1], node.elt)

        self.repeat(loop, leaves_early=True)
        return NOTHING.union(*elements)

    def _Await(self, node: ast.Await, env: Env) -> Value:
        value = self.value(node.value, env)
        return joined(value, self.iterate(value, node)) if value else value

    # Iterating.

    def elements(self, value: Value, node: ast.AST) -> Value:
        """Return what a loop over a value gets, without using anything up."""
        found: set[Obj] = set()
        for obj in value:
            kind = obj.kind
            if kind == "iterator":
                self.draw(obj)
                found.update(obj.contents)
            elif kind in CONTAINERS:
                found.update(self.followed(obj.held()))
            elif kind == "generator":
                found.update(self.run_generator(obj))
            elif kind == "instance":
                found.update(self._elements_of_instance(obj, node))
            elif kind == INDEX:
                found.update(self.followed(obj.held()))
            elif kind in ("class", "unknown", "file") or "." in kind:
                if not is_array(kind) and self.library.lists(f"{kind}.__iter__"):
                    self.read(frozenset((obj,)))  # which says how many there are
                found |= self.views(frozenset((obj, *self.followed(obj.held()))))
            else:
                found.update(self.followed(obj.held()))
        return without_texts(frozenset(found))

    def _elements_of_instance(self, obj: Obj, node: ast.AST) -> Value:
        iterator = self.dunder(obj, "iter", Arguments(), node)
        if iterator is None:
            item = self.dunder(obj, "getitem", Arguments([NOTHING]), node)
            following = self.dunder(obj, "next", Arguments(), node)
            if item is None and following is None:
                return frozenset((obj, *obj.held()))
            return (item or NOTHING) | (following or NOTHING)
        others = iterator - {obj}
        found = self.elements(others, node)
        if obj in iterator:
            found |= self.dunder(obj, "next", Arguments(), node) or NOTHING
        return found

    def iterator(
        self,
        node: ast.AST,
        sources: Value,
        draw: Callable[[Obj], None],
        tag: str = "",
    ) -> Value:
        """Return an iterator over others.

        Args:
            node: The expression that makes it.
            sources: What feeds it, functions too.
            draw: Has it hold what it gives; called now, and whenever something is taken from it,
                for only then does it call functions, and look names up.
            tag: Tells it from others of the same expression.
        """
        made = self.new("iterator", node, tag=tag)
        self.look(sources)
        made.about = draw
        made.fields["source"] = set(sources)
        self.draw(made)
        return frozenset((made,))

    def draw(self, obj: Obj) -> None:
        """Have an iterator do what it does when something is taken from it."""
        if obj in self._drawing:
            self.not_followed()
        elif obj.about is not None:
            self._drawing.add(obj)
            with self.closed():
                obj.about(obj)
            self._drawing.discard(obj)

    def iterate(self, value: Value, node: ast.AST) -> Value:
        """Loop over a value; return what the loop gets."""
        if not value:
            return value
        self.look(value)
        found = self.elements(value, node)
        self.use_up(value, drawn=True)
        return found

    def use_up(self, value: Iterable[Obj], *, drawn: bool = False) -> None:
        """Change what can be looped over only once, and what feeds it.

        Args:
            value: What is looped over.
            drawn: Whether its elements have been asked for.
        """
        todo, seen = list(value), set()
        if not drawn:
            for obj in todo:
                if obj.kind == "iterator":
                    self.draw(obj)
                elif obj.kind == "generator":
                    self.run_generator(obj)
        mine = self.deps[self.current]
        while todo:
            obj = todo.pop()
            if obj in seen:
                continue
            seen.add(obj)
            # What feeds an iterator is looked at only now.
            if obj.last is not None:
                mine.add(obj.last)
            if obj.part_of is not None:
                self.look_at(*obj.part_of)
            kind = obj.kind
            if is_used_up(kind):
                self.change((obj,))
                todo += obj.fields.get("source", ())
                if kind == "file":
                    self.look(obj.contents)
            elif kind == "view_of_dict":
                self.look(obj.fields.get("source", ()))

    # Assigning.

    def assign(self, target: ast.expr, value: Value, env: Env) -> None:
        """Give a target a value."""
        if isinstance(target, ast.Name):
            self.bind(env, target.id, value)
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, value, env)
        elif isinstance(target, ast.Starred):
            rest = self.new("list", target)
            rest.hold(value)
            self.assign(target.value, frozenset((rest,)), env)
        elif isinstance(target, ast.Attribute):
            whole = self.value(target.value, env)
            if not whole and isinstance(target.value, ast.Attribute):
                # ``df.index.name = ...``: the index cannot be changed but for its name.
                self.change(self.value(target.value.value, env))
            self.set_attribute(whole, target.attr, value, target)
        elif isinstance(target, ast.Subscript):
            whole = self.value(target.value, env)
            index = self.value(target.slice, env)
            self.hash(index, target.slice)
            self.set_item(whole, self.spelled(target.slice, env), index, value, target)

    def _unpack(self, target: ast.Tuple | ast.List, value: Value, env: Env) -> None:
        starred = any(isinstance(element, ast.Starred) for element in target.elts)
        exact = bool(value) and not starred and all(o.kind == "tuple" for o in value)
        together = NOTHING if exact else self.iterate(value, target)
        if exact:
            self.look(value)
        for position, element in enumerate(target.elts):
            if exact:
                part = NOTHING.union(*(obj.get(position) for obj in value))
                self.assign(element, part, env)
            else:
                self.assign(element, together, env)

    # What is defined elsewhere.

    def options(self, libraries: Iterable[str], node: ast.AST, *, shows: bool = False) -> None:
        """The current statement goes by what is set in libraries, and calls what is kept there."""
        raise NotImplementedError

    def look_at_options(self, reached: Iterable[Obj] | None, node: ast.AST) -> None:
        """The current statement makes a text of objects, as the options of libraries say."""
        raise NotImplementedError

    def attribute(self, value: Value, name: str, node: ast.AST) -> Value:
        """Return what an attribute may be."""
        raise NotImplementedError

    def item(self, whole: Value, index_node: ast.expr, index: Value, node: ast.AST) -> Value:
        """Return what ``whole[index]`` may be."""
        raise NotImplementedError

    def set_attribute(self, value: Value, name: str, new: Value, node: ast.AST) -> None:
        """Give an attribute of the objects a value."""
        raise NotImplementedError

    def set_item(
        self, whole: Value, index_node: ast.expr, index: Value, new: Value, node: ast.AST
    ) -> None:
        """Do ``whole[index] = new``."""
        raise NotImplementedError

    def dunder(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value | None:
        """Call an object's special method, if its class has one; return what that returns."""
        raise NotImplementedError

    def run_generator(self, obj: Obj) -> Value:
        """Run a generator; return what it yields."""
        raise NotImplementedError

    def call_unknown(self, value: Value, arguments: Arguments, node: ast.AST) -> Value:
        """Call something of which nothing is known."""
        raise NotImplementedError


def _stay() -> None:
    """Do nothing: the way on which something does not happen."""


def key_of(node: ast.expr, value: Value = NOTHING) -> object:
    """Return a key that is known: a constant, or a name for a text."""
    return node.value if isinstance(node, ast.Constant) else text_of(value)
