"""Calls as they are written, and those of the program's own functions and classes."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lineapy_store.slicing._builtins import ADDS_ELEMENTS, PURE_METHODS
from lineapy_store.slicing._expressions import CONTAINERS, Arguments
from lineapy_store.slicing._heap import (
    NOTHING,
    Env,
    Obj,
    Value,
    joined,
    text_of,
    without_texts,
)
from lineapy_store.slicing._library import UNKNOWN
from lineapy_store.slicing._library_calls import LibraryCalls
from lineapy_store.slicing._machine import FIXED
from lineapy_store.slicing._needs import Frame
from lineapy_store.slicing._program import walk

if TYPE_CHECKING:
    from collections.abc import Iterable


# Calls inside calls that are followed; how often a function that calls itself is gone through.
_DEPTH, _RUNS = 40, 4
# Statements of functions that are gone through for one statement of the program.
_WORK = 20_000
# Methods by which what is in a database changes, whatever library they are of.
_TO_DATABASES = frozenset(
    """execute executemany executescript commit to_sql create_all drop_all insert_one insert_many
    update_one update_many delete_one delete_many add_all flush""".split()
)
# What looks up names that are in a text: in formulas, by whatever library, and in pandas.
_FORMULAS = frozenset(
    """ols logit probit glm gls wls glsar rlm mixedlm gee poisson negativebinomial mnlogit quantreg
    phreg from_formula dmatrix dmatrices""".split()
)
_EVALUATES = frozenset({"query", "eval"})
# Methods of loggers that log.
_LOGS = frozenset("critical debug error exception fatal handle info log warn warning".split())
# What has its part in logging to a screen.
_SILENT = frozenset("logging.Handler logging.Logger lib module text list tuple dict".split())
# Kinds of plots that pandas draws.
_PLOTS = frozenset("area bar barh box density hexbin hist kde line pie scatter".split())


# What the methods call that a class inherits from those in ``collections.abc``.
_MIXED_IN = "getitem iter len contains setitem delitem insert add discard".split()


def _mixes_in(cls: Obj) -> bool:
    return str(cls.about).startswith(("collections.abc.", "typing."))


def saved_by(node: ast.Call) -> ast.expr | None:
    """Return the expression whose value a call of ``save`` saves."""
    if node.args:
        return node.args[0]
    return next((keyword.value for keyword in node.keywords if keyword.arg == "obj"), None)


def named_by(node: ast.Call) -> ast.expr | None:
    """Return the expression for the name under which a call of ``save`` saves."""
    if len(node.args) > 1:
        return node.args[1]
    return next((keyword.value for keyword in node.keywords if keyword.arg == "name"), None)


def varying_name(node: ast.Call) -> ast.expr | None:
    """Return the name of a call of ``save`` if it may be another each time the call runs."""
    name = named_by(node)
    return None if isinstance(name, ast.Constant) else name


def _is_named(definition: ast.AST, node: ast.AST) -> bool:
    """Return whether a call calls a function by its own name, and not what calls that in turn."""
    match node:
        case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
            return isinstance(definition, ast.FunctionDef) and definition.name == name
    return False


class Calls(LibraryCalls):
    """Follows calls."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._work: dict[int, int] = {}
        self._generators: set[Obj] = set()
        self._calling: set[Obj] = set()

    # The call as it is written.

    def _Call(self, node: ast.Call, env: Env) -> Value:
        if id(node) in self.watched:
            self.watch(saved_by(node), self.watched[id(node)], env)
            with self.within(self.watched[id(node)]):
                self.read(self.value(varying_name(node), env))
        function = node.func
        if isinstance(function, ast.Attribute):
            whole: ast.expr = function.value
            if (
                isinstance(whole, ast.Attribute)
                and whole.attr == "plot"
                and function.attr in _PLOTS
            ):
                # ``df.plot.bar()`` does what ``df.plot(kind="bar")`` does.
                receiver = self.value(whole.value, env)
                return self.call_attribute(receiver, "plot", self._arguments(node, env), node)
            receiver = self.value(function.value, env)
            arguments = self._arguments(node, env)
            if function.attr in _TO_DATABASES:
                self.mark(self.shared("state", "database"))
            if function.attr in _EVALUATES:
                is_method = not any(obj.kind in ("module", "lib") for obj in receiver)
                self.escape(self._names_in_texts(node, arguments, env, marked=is_method), node)
            elif function.attr in _FORMULAS:
                arguments.spread |= self._names_in_texts(node, arguments, env)
            return self.call_attribute(receiver, function.attr, arguments, node)
        value = self.value(function, env)
        arguments = self._arguments(node, env)
        found: Value = NOTHING
        for obj in value:
            if obj.kind == "lib" and str(obj.about).rpartition(".")[2] in _FORMULAS:
                arguments.spread |= self._names_in_texts(node, arguments, env)
            if obj.kind == "builtin":
                found |= self.call_builtin(str(obj.about), arguments, node, env)
            else:
                found |= self._call_object(obj, arguments, node)
        if not value:
            found = self.call_unknown(NOTHING, arguments, node)
        return self.note_single(found) if self._makes_one(value, arguments) else found

    def _makes_one(self, value: Value, arguments: Arguments) -> bool:
        """Return whether what is called is known to make a new object, and no other."""
        if len(value) != 1:
            return False
        (obj,) = value
        if obj.kind == "lib":
            made = self.library.about(str(obj.about)).returns.partition(":")[2]
            goes_on = arguments.spread or {"warm_start"} & {*arguments.keywords, *arguments.perhaps}
            return bool(self.learns(made)) and not goes_on
        if obj.kind == "builtin":
            return bool(obj.about == "dict")
        return (
            obj.kind == "class"
            and "metaclass" not in obj.fields
            and self.is_all_ours(obj)
            and self.class_attribute(obj, "__new__") is None
        )

    def watch(self, saved: ast.expr | None, wanted: int, env: Env) -> None:
        """Note what a value needs that is saved here and now."""
        parent = None
        if self.current < len(self.program.parents):
            parent = self.program.parents[self.current]
        if self.frames:
            parent = self.current
        libs = {str(obj.about) for obj in self.value(saved, env) if obj.kind == "lib"}
        effects = {name for name in libs if name.startswith("lineapy")}
        with self.within(wanted):
            self.depend(parent)
            if any(name.endswith(".file_system") for name in effects):
                self.read_file(None)
            elif any(name.endswith(".db") for name in effects):
                self.look((self.shared("state", "database"),))
            else:
                value = self.value(saved, env)
                self.read(value)
                self.saved = frozenset(self.reach(value) or ())

    def _names_in_texts(
        self, node: ast.Call, arguments: Arguments, env: Env, *, marked: bool = False
    ) -> Value:
        """Read the variables that a library finds in texts, as in ``ols("y ~ scaled(x)", df)``.

        Returns:
            The functions among them.

        Args:
            node: The call.
            arguments: What it passes.
            env: Where the names are looked up.
            marked: Only those with a mark, as in ``df.query("a > @limit")``.
        """
        pattern = r"@(\w+)" if marked else r"([^\W\d]\w*)"
        texts = [text_of(one) for one in (*arguments.positional, *arguments.keywords.values())]
        given = (*node.args, *(keyword.value for keyword in node.keywords))
        texts += [
            part.value
            for one in given
            for part in walk(one)
            if isinstance(part, ast.Constant) and isinstance(part.value, str)
        ]
        found = {name for text in texts if text for name in re.findall(pattern, text)}
        functions: Value = NOTHING
        for name in sorted(found & self.program.bound):
            value = self.read_name(name, env)
            self.read(value)
            functions |= {obj for obj in value if obj.kind in ("function", "partial", "bound")}
        return functions

    def _arguments(self, node: ast.Call, env: Env) -> Arguments:
        arguments = Arguments()
        for part in node.args:
            if isinstance(part, ast.Starred):
                arguments.spread |= self.iterate(self.value(part.value, env), part)
                arguments.spread |= {self.new("unknown", part)} if not arguments.spread else NOTHING
            elif arguments.spread:
                arguments.spread |= self.value(part, env)
            else:
                self._flag(arguments, len(arguments.positional), part, env)
                arguments.positional.append(self.value(part, env))
        for keyword in node.keywords:
            value = self.value(keyword.value, env)
            if keyword.arg is None:
                self.read(value)
                arguments.spread |= self.elements(value, keyword)
                for obj in value:
                    self._may_bring(obj, arguments)
            else:
                arguments.keywords[keyword.arg] = value
                self._flag(arguments, keyword.arg, keyword.value, env)
        return arguments

    def _flag(self, arguments: Arguments, key: str | int, node: ast.expr, env: Env) -> None:
        """Note an argument that is a constant, or a name for one."""
        found: ast.expr | None = node
        if isinstance(node, ast.Name) and self.is_sure():
            assignment, _ = self.assignment_of(node.id, env)
            found = None
            if assignment is not None and len(assignment.targets) == 1:
                found = assignment.value
        if isinstance(found, ast.Constant):
            arguments.flags[key] = found.value

    def _may_bring(self, obj: Obj, arguments: Arguments) -> None:
        """Note what a dictionary has under names, which come as keywords."""
        for key, value in obj.fields.items() if obj.kind in ("dict", "OrderedDict") else ():
            if isinstance(key, str):
                arguments.perhaps[key] = arguments.perhaps.get(key, NOTHING) | value

    def call_value(self, value: Value, arguments: Arguments, node: ast.AST) -> Value:
        """Call whatever a value is."""
        found: Value = NOTHING
        for obj in value:
            found |= self._call_object(obj, arguments, node)
        return found

    def _call_object(self, obj: Obj, arguments: Arguments, node: ast.AST) -> Value:
        kind = obj.kind
        if kind == "function":
            return self.call_function(obj, arguments, node)
        if kind == "class":
            return self.call_class(obj, arguments, node)
        if kind == "builtin":
            return self.call_builtin(str(obj.about), arguments, node, self.module)
        if kind == "lib":
            return self.call_library(str(obj.about), arguments, node)
        if obj in self._calling:
            # It may be what it calls, by what is known of it.
            self.not_followed()
            return without_texts(frozenset(obj.held())) | arguments.all()
        root = self.started_by(self.current)
        self._work[root] = self._work.get(root, 0) + _WORK // 1000
        if self._work[root] > _WORK:
            return self.call_unknown(frozenset((obj,)), arguments, node)
        self._calling.add(obj)
        try:
            return self._call_other(obj, arguments, node)
        finally:
            self._calling.discard(obj)

    def _call_other(self, obj: Obj, arguments: Arguments, node: ast.AST) -> Value:
        kind = obj.kind
        if kind == "bound":
            receiver = frozenset(obj.fields["self"])
            if "function" in obj.fields:
                return self.call_methods(obj.fields["function"], receiver, arguments, node)
            return self.call_attribute(receiver, str(obj.about), arguments, node)
        if kind == "instance":
            result = self.dunder(obj, "call", arguments, node)
            if result is not None:
                return result
        if kind == "partial":
            self.look((obj,))
            more = Arguments(
                [
                    *(frozenset(obj.fields.get(("argument", n), ())) for n in range(obj.about)),
                    *arguments.positional,
                ],
                {
                    **{
                        key[1]: frozenset(value)
                        for key, value in obj.fields.items()
                        if key[0] == "keyword"
                    },
                    **arguments.keywords,
                },
                arguments.spread | obj.contents,
                perhaps=arguments.perhaps,
            )
            return self.call_value(frozenset(obj.fields["function"]), more, node)
        if kind == "property":
            # A decorator of one: ``@size.setter``.
            obj.hold(arguments.all(), "set")
            return frozenset((obj,))
        if kind in ("staticmethod", "classmethod"):
            return self.call_value(frozenset(obj.contents), arguments, node)
        if kind == "accessor":
            # A decorator of one, by which tables have an attribute of that name.
            self.change((obj,))
            obj.hold(arguments.all())
            return arguments.all()
        if kind == "identity":
            return arguments.all()
        if kind in CONTAINERS:
            return NOTHING  # of what may be one or not, it is something else that is called
        if self.library.lists(f"{kind}.__call__"):
            facts = self.library.about(f"{kind}.__call__")
            return self.apply(facts, frozenset((obj,)), arguments, node, "__call__")
        return self.call_unknown(frozenset((obj,)), arguments, node)

    def call_attribute(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        """Call ``receiver.name(...)``."""
        if not receiver:
            return self.call_on_atom(None, name, arguments, node)
        found: Value = NOTHING
        for obj in self.having(name, receiver):
            found |= self._call_attribute_of(obj, name, arguments, node)
        return found

    def _call_attribute_of(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value:
        kind = obj.kind
        me = frozenset((obj,))
        if kind in ("module", "lib"):
            value = self.attribute(me, name, node)
            return self.call_value(value, arguments, node)
        if kind == "instance":
            return self._call_on_instance(obj, name, arguments, node)
        if kind == "class":
            value = self.attribute(me, name, node)
            if not value:
                self.read(arguments.all())
                return self._call_inherited(obj, name, arguments, node)
            return self.call_value(value, arguments, node)
        if kind == "super":
            return self._call_super(obj, name, arguments, node)
        if kind == "text":
            return self.call_on_atom(str(obj.about), name, arguments, node)
        if kind == "builtin":
            full = f"builtins.{obj.about}.{name}"
            if full == "builtins.dict.fromkeys":
                made = self.new("dict", node)
                made.hold(self.iterate(arguments.get(0, "") or NOTHING, node))
                made.hold(arguments.all())
                return frozenset((made,))
            if arguments.positional and not self.library.about(full).known:
                # ``list.append(whole, part)``
                first, *others = arguments.positional
                rest = replace(arguments, positional=others)
                if first and all(one.kind in CONTAINERS for one in first):
                    return self.call_attribute(first, name, rest, node)
                return self.call_unknown(first, rest, node, name)
            return self.call_library(full, arguments, node)
        if kind in CONTAINERS:
            return self.call_on_container(obj, name, arguments, node)
        if kind in ("generator", "file"):
            return self._call_on_stream(obj, name, arguments, node)
        stored = frozenset(
            one for one in obj.fields.get(name, ()) if one.kind in ("function", "bound", "class")
        )
        if stored:
            return self.call_value(stored, arguments, node)
        if name in self.patched:
            found = self._call_patched(obj, name, arguments, node)
            if found is not None:
                return found
        if kind == "property":
            obj.hold(arguments.all(), "get" if name == "getter" else "set")
            return me
        if kind == "logging.Logger" and not name.startswith(("add", "set")):
            self.read(arguments.all())
            if not self._is_heard(obj):
                self._log_to_screen(obj, name)
                return me
        facts = self.library.about(f"{kind if '.' in kind else '*'}.{name}")
        if not facts.known and "." not in kind:
            return self.call_unknown(me, arguments, node, name)
        if facts.hands_on and arguments.positional:
            function, *others = arguments.positional
            if not any(one.kind == "tuple" for one in function):  # with the receiver's place
                rest = replace(arguments, positional=[me, *others])
                return self.call_value(function, rest, node)
        return self.apply(facts, me, arguments, node, name)

    def _is_heard(self, logger: Obj) -> bool:
        """Return whether what is logged goes elsewhere than to a screen."""
        if "writes" in logger.fields:
            return True
        reached = self.reach(logger.contents | self.shared("module", "logging").contents)
        return reached is None or any(
            "writes" in obj.fields or obj.kind not in _SILENT for obj in reached
        )

    def _call_patched(
        self, obj: Obj, name: str, arguments: Arguments, node: ast.AST
    ) -> Value | None:
        """Call a method that the program gave to a class of a library; None if it is of another."""
        top = obj.kind.partition(".")[0]
        found: Value | None = None
        for cls in self.patched[name]:
            if "." not in obj.kind or str(cls.about).partition(".")[0] == top:
                self.look((self.root(cls), cls))
                given = self.call_methods(cls.fields[name], frozenset((obj,)), arguments, node)
                found = (found or NOTHING) | given
        return found

    def _log_to_screen(self, logger: Obj, name: str) -> None:
        system = self.shared("module", "sys")
        if name not in _LOGS:
            self.look((logger,))
        elif "stderr" in system.fields:
            self.look((system,))
            self.change(system.fields["stderr"])

    def _call_on_stream(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value:
        me = frozenset((obj,))
        self.look(me)
        self.read(arguments.all())
        if obj.kind == "generator":
            if name == "send":
                obj.hold(arguments.all(), "sent")
            found = self.elements(me, node)
            self.use_up(me, drawn=True)
            return found
        self.use_up(me, drawn=True)
        self.use_up(arguments.all())
        for path in obj.fields.get("reads", ()):
            self.read_file(str(path.about) or None)
        if name == "readlines":
            return frozenset((self.new("list", node),))
        return me if name in ("__enter__", "fileno") else NOTHING

    # The program's own.

    def runs(self, functions: Iterable[Obj]) -> bool:
        """Return whether one of the functions is running."""
        running = {frame.function for frame in self.frames}
        found = any(obj in running for obj in functions)
        if found:
            self.not_followed()
        return found

    def call_function(
        self, obj: Obj, arguments: Arguments, node: ast.AST, receiver: Value | None = None
    ) -> Value:
        """Call a function of the program."""
        definition = obj.about
        self.look_at(obj, "__call__")
        state = self.shared("state", "recursion")
        self.look((state,))
        if state.contents:
            self.escape(state.contents, node)
        if obj.fields.get("cached") and self._reads_more(obj):
            # What it returned at first is what it returns.
            self.change((obj,))
        # Where an error may be caught, or another statement sees the names, all of it counts.
        is_open = not self._closed.now and not obj.fields.get("cached")
        self.enter_body(definition, is_open=is_open)
        root = self.started_by(self.current)
        self._work[root] = self._work.get(root, 0) + 1
        if self._work[root] > _WORK:
            self.touch_everything()
            return self._anything(arguments, node)
        running = next((frame for frame in self.frames if frame.function is obj), None)
        if running is not None:
            return self._cut(running, arguments, receiver)
        if len(self.frames) >= _DEPTH:
            self.touch_everything()
            return self._anything(arguments, node)
        if obj.fields.get("cached"):
            with self.kept(definition, receiver):
                return self._called(obj, arguments, node, receiver, is_open=is_open)
        outer, self.context = self.context, self.enter(node)
        try:
            return self._called(obj, arguments, node, receiver, is_open=is_open)
        finally:
            self.context = outer

    def _called(
        self,
        obj: Obj,
        arguments: Arguments,
        node: ast.AST,
        receiver: Value | None,
        *,
        is_open: bool,
    ) -> Value:
        """Return what a function returns that is called in this context."""
        definition = obj.about
        scope = self.program.scope(definition)
        env = self.scope("function", definition, obj.env, scope)
        for name, value in self._parameters(obj, arguments, receiver).items():
            self.bind(env, name, value)
        if scope.is_generator:
            generator = self.new("generator", node, obj, tag=f"generator {id(definition)}")
            generator.env = env
            generator.hold(arguments.all() | (receiver or NOTHING))
            return frozenset((generator,))
        frame = Frame(
            obj,
            env,
            caller=self.current,
            is_open=is_open,
            is_command=node in self.discarding and _is_named(definition, node),
        )
        self._run(frame)
        return frame.returns

    def _reads_more(self, obj: Obj) -> bool:
        """Return whether a function reads more than its arguments, functions and modules."""
        env = obj.env or self.module
        fixed = ("function", "class", "module", "lib", "builtin")
        for name in self.program.scope(obj.about).free:
            for binding in env.find(name):
                if not binding.value or any(one.kind not in fixed for one in binding.value):
                    return True
        return False

    def _run(self, frame: Frame) -> None:
        """Run a function; if it calls itself, until what it does so with brings nothing new."""
        for count in range(_RUNS):
            before = dict(frame.passed), frame.returns, frame.yields, Obj.growth
            frame.receiver = self._first(frame.function.about, frame.env)
            frame.is_cut = False
            self._run_once(frame)
            is_known = before == (frame.passed, frame.returns, frame.yields, Obj.growth)
            # What its end changes, its beginning finds in the call inside it.
            if not frame.is_cut or (is_known and count):
                return
            for name, value in frame.passed.items():
                self.bind_too(frame.env, name, value)
        self.change_all(NOTHING.union(*frame.passed.values()))

    def _run_once(self, frame: Frame) -> None:
        self.frames.append(frame)
        definition = frame.function.about
        # What is raised in a coroutine, who awaits it may get as a value.
        is_coroutine = isinstance(definition, ast.AsyncFunctionDef)
        self._closed.now += is_coroutine
        try:
            if isinstance(definition, ast.Lambda):
                frame.returns |= self.value(definition.body, frame.env)
            else:
                self.run(definition.body, frame.env)
        finally:
            self._closed.now -= is_coroutine
            self.frames.pop()

    def _first(self, definition: Any, env: Env) -> Value:
        named = [*definition.args.posonlyargs, *definition.args.args]
        if named and named[0].arg in env.names:
            return env.names[named[0].arg].value
        return NOTHING

    def _cut(self, frame: Frame, arguments: Arguments, receiver: Value | None) -> Value:
        """Return what a call gives of a function that is running, which goes through it again."""
        frame.is_cut = True
        self.not_followed()
        for name, value in self._parameters(frame.function, arguments, receiver).items():
            frame.passed[name] = joined(frame.passed.get(name, NOTHING), value)
        everything = arguments.all() | (receiver or NOTHING)
        if frame.generator is not None:
            frame.generator.hold(everything)
            return frozenset((frame.generator,))
        reached = self.read(everything)
        root = self.started_by(self.current)
        if reached is None:
            self.change_all(everything)
        else:
            # Whatever else is changed, it is when the function is gone through once more.
            changed = [obj for obj in reached if self._is_changed_by(root, obj)]
            self.change(obj for obj in changed if obj.kind not in FIXED)
        held = NOTHING.union(*(obj.held() for obj in everything))
        return frame.returns | without_texts(everything | held)

    def _is_changed_by(self, root: int, obj: Obj) -> bool:
        """Return whether a statement of the program is the last that changed an object."""
        last = obj.last if obj.part_of is None else obj.part_of[0].last
        return last is not None and self.started_by(last) == root

    def _anything(self, arguments: Arguments, node: ast.AST) -> Value:
        made = self.new("unknown", node)
        made.hold(arguments.all())
        return joined(frozenset((made,)), self.views(arguments.all()))

    def _parameters(
        self, obj: Obj, arguments: Arguments, receiver: Value | None
    ) -> dict[str, Value]:
        """Return what the parameters are in a call."""

        def default(name: str) -> Value:
            value = frozenset(obj.fields.get(("default", name), ()))
            return joined(value, arguments.spread) if arguments.spread else value

        found: dict[str, Value] = {}
        given = obj.about.args
        values = list(arguments.positional)
        if receiver is not None:
            values.insert(0, receiver)
        keywords = dict(arguments.keywords)
        named = [*given.posonlyargs, *given.args]
        for position, parameter in enumerate(named):
            if position < len(values):
                found[parameter.arg] = values[position]
            elif parameter.arg in keywords:
                found[parameter.arg] = keywords.pop(parameter.arg)
            else:
                found[parameter.arg] = default(parameter.arg)
        if given.vararg is not None:
            rest = self.new("tuple", given.vararg)
            for position, value in enumerate(values[len(named) :]):
                rest.hold(value, position)
            rest.hold(arguments.spread)
            found[given.vararg.arg] = frozenset((rest,))
        for parameter in given.kwonlyargs:
            if parameter.arg in keywords:
                found[parameter.arg] = keywords.pop(parameter.arg)
            else:
                found[parameter.arg] = default(parameter.arg)
        if given.kwarg is not None:
            rest = self.new("dict", given.kwarg)
            for name, value in (*keywords.items(), *arguments.perhaps.items()):
                rest.hold(value, name)
            rest.hold(arguments.spread)
            found[given.kwarg.arg] = frozenset((rest,))
        return found

    def run_generator(self, obj: Obj) -> Value:
        """Run a generator; return what it yields."""
        if obj in self._generators:
            self.not_followed()
            for frame in self.frames:
                if frame.generator is obj:
                    frame.is_cut = True
                    obj.hold(frame.yields, "yielded")
            return frozenset(obj.fields.get("yielded", ()))
        self._generators.add(obj)
        self.look((obj,))
        outer = self.context
        try:
            env = obj.env or self.module
            if isinstance(obj.about, ast.GeneratorExp):
                self.context = self.enter(obj.about)
                first = frozenset(obj.fields.get("first", ()))
                obj.hold(self.comprehension(obj.about, env, first), "yielded")
            else:
                self.look((obj.about,))
                self.context = self.enter(obj.about.about)
                frame = Frame(obj.about, env, generator=obj, caller=self.current)
                frame.sent = frozenset(obj.fields.get("sent", ()))
                self._run(frame)
                obj.hold(frame.yields | frame.returns, "yielded")
        finally:
            self.context = outer
            self._generators.discard(obj)
        return frozenset(obj.fields.get("yielded", ()))

    def _Yield(self, node: ast.Yield, env: Env) -> Value:
        value = self.value(node.value, env)
        if self.frames:
            self.frames[-1].yields |= value
            return self.frames[-1].sent
        return NOTHING

    def _YieldFrom(self, node: ast.YieldFrom, env: Env) -> Value:
        value = self.iterate(self.value(node.value, env), node)
        if self.frames:
            self.frames[-1].yields |= value
        return value

    def call_class(self, cls: Obj, arguments: Arguments, node: ast.AST) -> Value:
        """Make an instance of a class of the program."""
        self.look_at(cls, "__call__")
        for metaclass in cls.fields.get("metaclass", ()):
            if metaclass.kind == "class":
                method = self.class_attribute(metaclass, "__call__")
                if method is not None and not self.runs(method):
                    return self.call_methods(method, frozenset((cls,)), arguments, node)
        made: Value = frozenset((self.instance(cls, node),))
        maker = self.class_attribute(cls, "__new__")
        if maker is not None and not self.runs(maker):
            functions = frozenset(
                one
                for obj in maker
                for one in (obj.contents if obj.kind == "staticmethod" else (obj,))
            )
            given = self.call_methods(functions, frozenset((cls,)), arguments, node)
            made = given or made
        starter = self.class_attribute(cls, "__init__")
        mine = frozenset(obj for obj in made if obj.kind == "instance")
        if starter is not None:
            self.call_methods(starter, mine, arguments, node)
        if starter is None or not self.is_all_ours(cls):
            everything = arguments.all()
            for obj in mine:
                obj.hold(everything)
                for name, value in arguments.keywords.items():
                    obj.hold(value, name)
                self._make_fields(obj, cls, node)
                self._validate(cls, node)
                hooks = "__post_init__", "_generate_next_value_", "_missing_", "model_post_init"
                for name in hooks:
                    method = self.class_attribute(cls, name)
                    if method is not None:
                        self.call_methods(method, frozenset((obj,)), Arguments(), node)
            if everything:
                self.read(everything)
        if not self.is_all_ours(cls) and "metaclass" not in cls.fields:
            self.use_up(arguments.all())
        return made

    def _validate(self, cls: Obj, node: ast.AST) -> None:
        """Call the validators of a model of pydantic."""
        bases = self.bases(cls)
        if any(base.kind == "lib" and str(base.about).startswith("pydantic.") for base in bases):
            held = [one for base in bases for value in base.fields.values() for one in value]
            self.escape([one for one in held if one.kind == "unknown"], node)

    def _make_fields(self, obj: Obj, cls: Obj, node: ast.AST) -> None:
        """Have the factories of a dataclass make what a new instance has of its own."""
        for base in self.bases(cls):
            for name, value in list(base.fields.items()):
                fields = [one for one in value if one.kind == "field"]
                if fields:
                    factories = NOTHING.union(*(one.fields["factory"] for one in fields))
                    obj.hold(self.call_value(factories, Arguments(), node), name)

    def _call_on_instance(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value:
        me = frozenset((obj,))
        self.look_at_attribute(obj, name)
        cls = self.class_of(obj)
        stored = obj.fields.get(name)
        found: Value = NOTHING
        if stored is not None:
            found |= self.call_value(frozenset(stored), arguments, node)
        methods = self.class_attribute(cls, name)
        if methods is not None:
            return found | self.call_methods(methods, me, arguments, node)
        if stored is not None:
            return found
        value = self.attribute(me, name, node) - me
        if value:
            found |= self.call_value(value, arguments, node)
        if self.is_all_ours(cls):
            return found
        return found | self._call_inherited(obj, name, arguments, node)

    def _call_inherited(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """Call a method that a class of the program has from a library or a builtin."""
        me = frozenset((obj,))
        self.read(arguments.all())
        bases = self.bases(self.class_of(obj)) if obj.kind == "instance" else ()
        for base in bases:
            facts = self.library.about(f"{base.about}.{name}") if base.kind == "lib" else UNKNOWN
            if facts.methods:
                self.options((str(base.about).partition(".")[0],), node)
                returned = self._call_in_turn(obj, facts.methods, arguments, node)
                return NOTHING if facts.returns == "atom" else returned
        returned = self.escape(me, node) if name not in PURE_METHODS else NOTHING
        if name not in PURE_METHODS:
            self.change(me)
            adds = arguments.all()
            if name in ADDS_ELEMENTS:
                adds = self.iterate(adds, node)
            obj.hold(adds)
        if any(map(_mixes_in, bases)):
            with self.closed():
                for method in _MIXED_IN:
                    self.dunder(obj, method, Arguments(spread=arguments.all()), node)
        made = self.new("unknown", node)
        made.hold(me)
        return frozenset((obj, made, *obj.held())) | returned

    def _call_in_turn(
        self, obj: Obj, methods: Iterable[str], arguments: Arguments, node: ast.AST
    ) -> Value:
        found: Value = NOTHING
        given = arguments
        with self.closed():
            for method in methods:
                found = self._call_on_instance(obj, method, given, node)
                given = replace(arguments, positional=arguments.positional[:1], keywords={})
        return found

    def _call_super(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value:
        found: Value = NOTHING
        after: Obj = obj.about
        for receiver in obj.contents:
            cls = self.class_of(receiver) if receiver.kind == "instance" else receiver
            if cls.kind != "class":
                continue
            method = self.class_attribute(cls, name, after)
            me = frozenset((receiver,))
            if method is not None:
                if name == "__new__":
                    me = frozenset()
                found |= (
                    self.call_methods(method, me, arguments, node)
                    if me
                    else self.call_value(method, arguments, node)
                )
                continue
            if name == "__new__":
                target = next((one for one in arguments.all() if one.kind == "class"), cls)
                is_meta = self.creating and target in self.creating[-1].fields.get("metaclass", ())
                found |= {self.creating[-1] if is_meta else self.instance(target, node)}
                continue
            if name in ("__init__", "__init_subclass__", "__post_init__"):
                if not self.is_all_ours(cls):
                    self.change(me)
                    receiver.hold(arguments.all())
                continue
            if name == "__call__" and receiver.kind == "class":
                found |= self.call_class(receiver, arguments, node)
            elif name in ("__setattr__", "__delattr__"):
                self.change(me)
                receiver.hold(arguments.all())
            elif name in ("__getattribute__", "__getattr__"):
                self.look(me)
                found |= frozenset(receiver.held()) | me
            else:
                found |= self._call_inherited(receiver, name, arguments, node)
        return found

    def run(self, body: list[ast.stmt], env: Env) -> None:
        """Run the statements of a function."""
        raise NotImplementedError
