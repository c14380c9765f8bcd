"""One pass over a program's statements: what each needs to have run before it."""

from __future__ import annotations

import ast
import itertools
import sys
from typing import TYPE_CHECKING, Any, ClassVar

from lineapy_store.slicing._calls import Calls
from lineapy_store.slicing._expressions import CONTAINERS, Arguments
from lineapy_store.slicing._heap import NOTHING, Env, Obj, Value, is_array

if TYPE_CHECKING:
    from collections.abc import Callable

_IOPS = {
    ast.Add: "iadd",
    ast.Sub: "isub",
    ast.Mult: "imul",
    ast.MatMult: "imatmul",
    ast.Div: "itruediv",
    ast.FloorDiv: "ifloordiv",
    ast.Mod: "imod",
    ast.Pow: "ipow",
    ast.LShift: "ilshift",
    ast.RShift: "irshift",
    ast.BitAnd: "iand",
    ast.BitOr: "ior",
    ast.BitXor: "ixor",
}
# Patterns that are matched with what is in a value.
_LOOK_INSIDE = (ast.MatchSequence, ast.MatchStar, ast.MatchMapping, ast.MatchClass)
_SWALLOWS = ("contextlib.suppress", "contextlib.ExitStack", "pytest.raises")


#: Python's own containers of which each operator but ``*=`` and a number fail.
_NO_NUMBERS = frozenset(
    "list tuple set dict frozenset deque defaultdict Counter OrderedDict".split()
)


def _takes_no_number(obj: Obj) -> bool:
    return obj.kind in _NO_NUMBERS


def _is_abc(metaclass: Obj) -> bool:
    """Return whether a metaclass is Python's own for abstract classes, which calls no methods."""
    return bool(metaclass.about == "abc.ABCMeta")


def _is_number(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float, complex))


class Analysis(Calls):
    """Runs statements."""

    _runners: ClassVar[dict[type, Callable[..., None]]] = {}

    def __init__(self, *arguments: Any, seeds: bool = True, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self.seeds = seeds
        self.always: set[int] = set()
        self.raised: list[list[Value]] = []
        self._loops: list[int | None] = []

    def run(self, body: list[ast.stmt], env: Env) -> None:
        """Run statements one after the other."""
        numbers = self.program.numbers
        for statement in body:
            kind = type(statement)
            if kind not in self._runners:
                found = getattr(type(self), f"_run_{kind.__name__}", Analysis._run_nothing)
                self._runners[kind] = found
            runner = self._runners[kind]
            number = numbers.get(id(statement))
            if number is None:
                self._run_inside(runner, statement, env)
                continue
            before, self.current = self.current, number
            self.depend(self.program.parents[number])
            runner(self, statement, env)
            self.current = before

    def _run_inside(self, runner: Callable[..., None], statement: ast.stmt, env: Env) -> None:
        """Run a statement that is in a function or a class."""
        frame = self.frames[-1] if self.frames and env.kind == "function" else None
        if (
            frame is None
            or not frame.is_open
            or self.bodies is None
            or id(statement) not in self.bodies.parts
        ):
            runner(self, statement, env)
            return
        before, self.current = self.current, self.part(statement)
        is_needless = frame.is_command and id(statement) in self.bodies.ending
        if id(statement) in self.bodies.steering and not is_needless:
            self.deps[frame.caller].add(self.current)
        runner(self, statement, env)
        self.current = before

    def _numbers_in(self, body: list[ast.stmt]) -> range:
        """Return the statements in the body of a compound statement, in those in it, too."""
        first, last = (self.program.numbers[id(one)] for one in (body[0], body[-1]))
        return range(first, self.program.last_inside[last] + 1)

    def _run_nothing(self, _statement: ast.stmt, _env: Env) -> None:
        pass

    def _run_Expr(self, statement: ast.Expr, env: Env) -> None:
        self.commands.add(statement.value)
        self.discarding.add(statement.value)
        self.value(statement.value, env)

    def _run_Assign(self, statement: ast.Assign, env: Env) -> None:
        if self._swap(statement, env):
            return
        value = self.value(statement.value, env)
        for target in statement.targets:
            self.assign(target, value, env)
        if id(statement) in self.watched:
            self.watch(statement.value, self.watched[id(statement)], env)

    def _swap(self, statement: ast.Assign, env: Env) -> bool:
        """Assign ``a, b = x, y`` one by one; return whether it is of that form."""
        target, value = statement.targets[0], statement.value
        if not (
            len(statement.targets) == 1
            and isinstance(target, (ast.Tuple, ast.List))
            and isinstance(value, (ast.Tuple, ast.List))
            and len(target.elts) == len(value.elts)
            and not any(isinstance(e, ast.Starred) for e in [*target.elts, *value.elts])
        ):
            return False
        values = [self.value(element, env) for element in value.elts]
        for element, one in zip(target.elts, values, strict=True):
            self.assign(element, one, env)
        return True

    def _run_AnnAssign(self, statement: ast.AnnAssign, env: Env) -> None:
        if env.kind != "function":
            self.value(statement.annotation, env)
        if statement.value is not None:
            self.assign(statement.target, self.value(statement.value, env), env)

    def _run_AugAssign(self, statement: ast.AugAssign, env: Env) -> None:
        target = statement.target
        method = _IOPS[type(statement.op)]
        if isinstance(target, ast.Name):
            old = self.read_name(target.id, env)
            new = self._augmented(old, self.value(statement.value, env), method, statement)
            self.bind(env, target.id, new)
            return
        whole = self.value(target.value, env)
        if isinstance(target, ast.Attribute):
            old = self.attribute(whole, target.attr, target)
            new = self._augmented(old, self.value(statement.value, env), method, statement)
            self.set_attribute(whole, target.attr, new, target)
        else:
            index = self.value(target.slice, env)
            self.hash(index, target.slice)
            spelled = self.spelled(target.slice, env)
            old = self.item(whole, spelled, index, target)
            new = self._augmented(old, self.value(statement.value, env), method, statement)
            self.set_item(whole, spelled, index, new, target)

    def _augmented(self, old: Value, value: Value, method: str, node: ast.AugAssign) -> Value:
        self.read(value)
        if _is_number(node.value) and not isinstance(node.op, ast.Mult):
            # To a container none can be added: that is not what is there, nor is it in there.
            old = frozenset(obj for obj in old if not self.made_of(obj, _takes_no_number))
        # Of an instance, its method looks at what it needs.
        self.look(obj for obj in old if obj.kind != "instance")
        found: Value = NOTHING
        others: set[Obj] = set()
        for obj in old:
            me = frozenset((obj,))
            if obj.kind == "instance":
                result = self.dunder(obj, method, Arguments([value]), node)
                found |= result or NOTHING
                if result is None:
                    others.add(obj)
            elif obj.kind == "tuple" or obj.kind in ("text", "frozenset"):
                others.add(obj)
            elif obj.kind in CONTAINERS:
                self.change(me)
                obj.hold(self.iterate(value, node))
                found |= me
            elif is_array(obj.kind) or "." in obj.kind:
                self.change(me)
                found |= me
            elif obj.kind == "unknown":
                self.change_items(obj)
                found |= me
                others.add(obj)
            elif obj.kind == "lib" and method == "ior":
                self.change((self.root(obj), obj))
                found |= me
            else:
                others.add(obj)
        if others or not old:
            found |= self.operation(method[1:], [frozenset(others), value], node)
        return found

    def _run_Delete(self, statement: ast.Delete, env: Env) -> None:
        for target in statement.targets:
            self.delete(target, env)

    def _run_Return(self, statement: ast.Return, env: Env) -> None:
        value = self.value(statement.value, env)
        if self.frames:
            self.frames[-1].returns |= value

    def _run_Raise(self, statement: ast.Raise, env: Env) -> None:
        value = self.value(statement.exc, env)
        for raised in self.raised:
            raised.append(value)
        self.value(statement.cause, env)

    def _run_Assert(self, statement: ast.Assert, env: Env) -> None:
        self.truth(self.value(statement.test, env), statement)

    def _run_TypeAlias(self, statement: Any, env: Env) -> None:
        self.value(statement.value, env)
        self.bind(env, statement.name.id, NOTHING)

    # Ways.

    def _run_If(self, statement: ast.If, env: Env) -> None:
        self.truth(self.value(statement.test, env), statement)
        self.either(lambda: self.run(statement.body, env), lambda: self.run(statement.orelse, env))

    def _run_Match(self, statement: Any, env: Env) -> None:
        subject = self.value(statement.subject, env)
        self.read(subject)
        self.dunders(subject, ("eq", "len", "getitem", "iter"), statement)
        here = self.current

        def matched(one: Any) -> None:
            with self.within(here):
                self._match(one.pattern, subject, env)
                if one.guard is not None:
                    self.truth(self.value(one.guard, env), one.guard)

        def cases(following: list[Any]) -> None:
            if following:
                one, *others = following
                failed = self.interrupted(lambda: matched(one))

                def otherwise() -> None:
                    failed()  # what it has bound up to then stays bound
                    cases(others)

                self.either(lambda: self.run(one.body, env), otherwise)

        cases(statement.cases)

    def _match(self, pattern: Any, subject: Value, env: Env) -> None:
        inside = subject
        if isinstance(pattern, _LOOK_INSIDE):
            inside = self.elements(subject, pattern)
            for obj in subject:
                inside |= {one for one in self.followed(obj.held()) if one.kind != "class"}
        for name in ("name", "rest"):
            bound = getattr(pattern, name, None)
            if isinstance(bound, str):
                value = subject
                if isinstance(pattern, (ast.MatchStar, ast.MatchMapping)):
                    rest = self.new("list" if name == "name" else "dict", pattern)
                    rest.hold(inside | subject)
                    value = frozenset((rest,))
                self.bind(env, bound, value)
        if isinstance(pattern, ast.MatchValue):
            self.read(self.value(pattern.value, env))
        if isinstance(pattern, ast.MatchClass):
            self.read(self.value(pattern.cls, env))
            self.look(subject)
            inside |= subject
            for name in pattern.kwd_attrs:
                inside |= self.attribute(subject, name, pattern)
        for key in getattr(pattern, "keys", ()):
            self.value(key, env)
        for part in ast.iter_child_nodes(pattern):
            if isinstance(part, ast.pattern):
                self._match(part, inside, env)

    def _run_While(self, statement: ast.While, env: Env) -> None:
        here = self.current

        def once() -> None:
            with self.within(here):
                self.truth(self.value(statement.test, env), statement)
            self.run(statement.body, env)

        self._loop(once, statement)
        self.truth(self.value(statement.test, env), statement)
        self._else(statement.orelse, env)

    def _run_For(self, statement: ast.For | ast.AsyncFor, env: Env) -> None:
        here = self.current
        whole = self.value(statement.iter, env)

        def once() -> None:
            with self.within(here):
                self.assign(statement.target, self.iterate(whole, statement), env)
            self.run(statement.body, env)

        self._loop(once, statement)
        self._else(statement.orelse, env)

    _run_AsyncFor = _run_For

    def _else(self, body: list[ast.stmt], env: Env) -> None:
        if body:
            self.either(lambda: self.run(body, env), lambda: None)

    def _loop(
        self, once: Callable[[], None], statement: ast.For | ast.AsyncFor | ast.While
    ) -> None:
        number = self.program.numbers.get(id(statement))
        self._loops.append(number)
        try:
            leaves_early = self.program.leaves_early(statement)
            loop = statement if isinstance(statement, ast.While) else None
            self.repeat(once, leaves_early=leaves_early, loop=loop)
        finally:
            self._loops.pop()

    def _run_Break(self, _statement: ast.stmt, _env: Env) -> None:
        # How often the loop runs, or what of its body does, hangs on it.
        if self._loops and self._loops[-1] is not None and not self.frames:
            self.deps[self._loops[-1]].add(self.current)

    _run_Continue = _run_Break

    def _run_Try(self, statement: Any, env: Env) -> None:
        number = self.program.numbers.get(id(statement))
        if number is not None:
            # Whatever may fail there decides what runs.
            inside = self._numbers_in(statement.body)
            self.deps[number].update(set(inside) - self.program.harmless)
        raised: list[Value] = []
        self.raised.append(raised)
        with self.closed():
            resume = self.interrupted(lambda: self.run(statement.body, env))
        self.raised.pop()

        def handler(one: ast.ExceptHandler) -> None:
            resume()
            self.read(self.value(one.type, env))
            if one.name:
                error = self.new("unknown", one)
                for value in raised:
                    error.hold(value)
                self.bind(env, one.name, frozenset((error,)).union(*raised))
            self.run(one.body, env)
            if one.name:
                self.unbind(env, one.name)

        if statement.handlers:
            self.either(
                lambda: self.run(statement.orelse, env),
                *(lambda one=one: handler(one) for one in statement.handlers),
            )
        else:
            self.run(statement.orelse, env)
        self.run(statement.finalbody, env)

    _run_TryStar = _run_Try

    def _run_With(self, statement: ast.With | ast.AsyncWith, env: Env) -> None:
        here = self.current
        managers: list[Value] = []
        for item in statement.items:
            manager = self.value(item.context_expr, env)
            managers.append(manager)
            entered = self._entered(manager, item)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered, env)
        before = self.saved
        swallows = any(self._swallows(obj) for manager in managers for obj in manager)
        number = self.program.numbers.get(id(statement))
        if swallows and number is not None:
            # What prints matters, too: it may be caught by what is entered.
            self.deps[number].update(self._numbers_in(statement.body))
        if swallows:
            with self.closed():
                resume = self.interrupted(lambda: self.run(statement.body, env))
            self.either(resume, lambda: None)
        else:
            self.run(statement.body, env)
        self.leaving = frozenset() if self.saved is before else self.saved or frozenset()
        with self.within(here):
            for manager, item in zip(managers, statement.items, strict=True):
                self._left(manager, item)
        self.leaving = frozenset()

    _run_AsyncWith = _run_With

    def _entered(self, manager: Value, node: ast.AST) -> Value:
        self.look(manager)
        found: Value = NOTHING
        for obj in manager:
            if obj.kind == "instance":
                result = self.dunder(obj, "enter", Arguments(), node)
                if result is None:
                    result = self.dunder(obj, "aenter", Arguments(), node)
                found |= frozenset((obj,)) if result is None else result
            elif obj.kind == "generator":
                found |= self.iterate(frozenset((obj,)), node)
            elif obj.kind == "file":
                found |= {obj}
            else:
                self.change_all((obj,))
                found |= {obj, *obj.held()}
        return found

    def _left(self, manager: Value, node: ast.AST) -> None:
        for obj in manager:
            if obj.kind == "instance":
                self.dunder(obj, "exit", Arguments([NOTHING, NOTHING, NOTHING]), node)
                self.dunder(obj, "aexit", Arguments([NOTHING, NOTHING, NOTHING]), node)
            elif obj.kind == "generator":
                self.iterate(frozenset((obj,)), node)
            elif obj.kind != "file":
                self.change_all((obj,))

    def _swallows(self, obj: Obj) -> bool:
        """Return whether leaving a context manager may end an error in its block."""
        if obj.kind == "file":
            return False
        if obj.kind == "instance":
            methods = self.class_attribute(self.class_of(obj), "__exit__") or ()
            return not self.is_all_ours(self.class_of(obj)) or any(
                isinstance(node, ast.Return) and node.value is not None
                for method in methods
                if method.kind == "function"
                for node in ast.walk(method.about)
            )
        if obj.kind == "generator" and isinstance(obj.about, Obj):
            return any(
                isinstance(node, (ast.With, ast.AsyncWith))
                or (isinstance(node, ast.Try) and node.handlers)
                for node in ast.walk(obj.about.about)
            )
        return obj.kind == "unknown"

    # Definitions.

    def _run_FunctionDef(self, statement: ast.FunctionDef | ast.AsyncFunctionDef, env: Env) -> None:
        decorators = [self.value(decorator, env) for decorator in statement.decorator_list]
        value = self.note_single(self.function(statement, env))
        arguments = statement.args
        for argument in (
            *arguments.posonlyargs,
            *arguments.args,
            *arguments.kwonlyargs,
            *(one for one in (arguments.vararg, arguments.kwarg) if one is not None),
        ):
            self.value(argument.annotation, env)
        self.value(statement.returns, env)
        self._decorated(value, decorators, statement, env)

    _run_AsyncFunctionDef = _run_FunctionDef

    def _decorated(
        self,
        value: Value,
        decorators: list[Value],
        statement: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef,
        env: Env,
    ) -> None:
        nodes = statement.decorator_list
        self.commands.update(nodes)
        for decorator, node in reversed(list(zip(decorators, nodes, strict=True))):
            value = self.call_value(decorator, Arguments([value]), node)
        self.bind(env, statement.name, value)

    def _run_ClassDef(self, statement: ast.ClassDef, env: Env) -> None:
        decorators = [self.value(decorator, env) for decorator in statement.decorator_list]
        bases = [self.value(base, env) for base in statement.bases]
        keywords = {keyword.arg: self.value(keyword.value, env) for keyword in statement.keywords}
        names = self.program.scope(statement)
        inner = Env("class", env, names.globals, names.nonlocals)
        cls = self.new("class", statement, [])
        # The class itself is what ``super()`` in its functions begins behind.
        cls.about = [
            obj for base in bases for obj in base if obj.kind in ("class", "lib", "builtin")
        ] + [self.shared("lib", "unknown") for base in bases if not base]
        self.new_class(cls, statement, inner)
        cls.fields["bases",] = {base for base in cls.about if base.kind == "class"}
        for obj in itertools.chain.from_iterable(bases):
            if obj.kind not in ("class", "lib", "builtin"):
                cls.hold((obj,))
                cls.about.append(self.shared("lib", "unknown"))
        self.run(statement.body, inner)
        for name, binding in inner.names.items():
            cls.hold(binding.value, name)
            cls.fields.setdefault(name, set())
        for obj in keywords.pop("metaclass", NOTHING):
            cls.fields["metaclass"] = {obj, *cls.fields.get("metaclass", ())}
        for base in cls.about:
            if base.kind == "class" and "metaclass" in base.fields:
                cls.fields.setdefault("metaclass", set()).update(base.fields["metaclass"])
        if self.is_all_ours(cls) and all(map(_is_abc, cls.fields.get("metaclass", ()))):
            for obj in cls.about:
                self.look_at(obj, "__mro__")
        else:
            # What is not the program's own finds methods by their names.
            self.read({cls, *itertools.chain.from_iterable(bases)})
        self._made_known(cls, inner, keywords, statement)
        self._decorated(self.note_single(frozenset((cls,))), decorators, statement, env)

    def _made_known(
        self,
        cls: Obj,
        inner: Env,
        keywords: dict[str | None, Value],
        statement: ast.ClassDef,
    ) -> None:
        """Call what is told of a new class: metaclasses, base classes, descriptors."""
        me = frozenset((cls,))
        for binding in inner.names.values():
            for obj in binding.value:
                if obj.kind == "instance":
                    self.dunder(obj, "set_name", Arguments([me, NOTHING]), statement)
        names = self.new("dict", statement, tag="namespace")
        names.hold(obj for binding in inner.names.values() for obj in binding.value)
        bases = self.new("tuple", statement, tag="bases")
        bases.hold(base for base in cls.about if base.kind == "class")
        made = Arguments(
            [NOTHING, frozenset((bases,)), frozenset((names,))],
            {name: value for name, value in keywords.items() if name},
        )
        for metaclass in cls.fields.get("metaclass", ()):
            if metaclass.kind == "class":
                for name in ("__prepare__", "__new__", "__init__"):
                    method = self.class_attribute(metaclass, name)
                    if method is not None:
                        receiver = me if name == "__init__" else frozenset((metaclass,))
                        self.creating.append(cls)
                        self.call_methods(method, receiver, made, statement)
                        self.creating.pop()
        hook = self.class_attribute(cls, "__init_subclass__", cls)
        if hook is not None:
            given = Arguments([], made.keywords)
            self.call_methods(hook, me, given, statement)

    # Imports.

    def _run_Import(self, statement: ast.Import, env: Env) -> None:
        for alias in statement.names:
            self._imported(alias.name)
            top = alias.name.partition(".")[0]
            if alias.asname is not None:
                kind = "lib" if "." in alias.name else "module"
                value = frozenset((self.shared(kind, alias.name),))
                self.bind(env, alias.asname, value)
                continue
            module = self.shared("module", top)
            if "." in alias.name:
                # The name means what it meant before, which now has one more module in it.
                before = env.home(top).names.get(top)
                if before is not None and module in before.value:
                    self.depend(*before.binders)
            self.bind(env, top, frozenset((module,)))

    def _run_ImportFrom(self, statement: ast.ImportFrom, env: Env) -> None:
        module = "." * statement.level + (statement.module or "")
        if module == "__future__":
            self.always.add(self.current)
        self._imported(module)
        for alias in statement.names:
            if alias.name == "*":
                self.star()
                continue
            parent = self.shared("lib" if "." in module else "module", module)
            value = self.attribute(frozenset((parent,)), alias.name, alias)
            self.bind(env, alias.asname or alias.name, value)

    def _imported(self, name: str) -> None:
        top = name.partition(".")[0]
        if self.state_of(top) is not None and top not in self.program.read:
            # It is there for what it does.
            self.mark(self.shared("state", "environment"))
            self.change([one for one in self._module_states.values() if one is not None])
        if top == "__main__":
            self.touch_everything()
        root = self.shared("module", top)
        self.look((root, self.shared("module", "sys")))
        if ".experimental" in name:
            # Importing it changes what may be imported from the rest.
            self.change((root,))
        if top not in sys.stdlib_module_names and not self.library.knows(top):
            self.look((self.shared("state", "file *"), self.shared("state", "working directory")))
