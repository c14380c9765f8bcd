"""Calls of libraries: by what the tables say of them, or as what may do anything."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lineapy_store.slicing._builtins import is_drawing
from lineapy_store.slicing._expressions import CONTAINERS, Arguments, is_used_up
from lineapy_store.slicing._heap import (
    INDEX,
    NOTHING,
    OBJECTS,
    SHARES,
    Obj,
    Value,
    is_array,
    joined,
    objects_in,
    text_of,
)
from lineapy_store.slicing._library import UNKNOWN
from lineapy_store.slicing._models import FITTED, LEARNS, Models
from lineapy_store.slicing._standard import MAKERS

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from lineapy_store.slicing._library import Facts

_WRITES = (
    "save write dump export to_ download mkdir makedirs copy move rename remove unlink touch "
    "extract rmtree symlink log_ commit"
).split()
_READS = "load read open list glob exists from_ scan walk get_file is_file is_dir iterdir".split()
#: Parts of the names of what draws random numbers, where nothing else is known of it.
_DRAWING = ("rvs", "sampl", "shuffle", "permut", "random", "choice")
#: Kinds of objects from which random numbers are drawn.
_GENERATORS = frozenset({"numpy.random.Generator", "numpy.random.BitGenerator", "random.Random"})


_ARRAY = "numpy.ndarray"
_GROUPS = "pandas.core.groupby."
# What ``dtype`` is of arrays of objects.
_OF_OBJECTS = frozenset({"object", "O"})
#: Builtins that make containers, which may be the cells of a table.
_MAKES = frozenset("list dict set tuple frozenset sorted".split())


def _is_object(obj: Obj) -> bool:
    return obj.kind == "builtin" and obj.about == "object"


def _is_container(obj: Obj) -> bool:
    return obj.kind in CONTAINERS


def _is_callback(obj: Obj) -> bool:
    return obj.kind in ("function", "partial", "bound", "builtin", "lib")


def _makes_container(obj: Obj) -> bool:
    return obj.kind == "builtin" and obj.about in _MAKES


#: What a call changes, but for the arguments of which it says so.
_WHAT = frozenset("self itself held fitted steps arguments module options".split())
#: Functions that make texts of objects, which these can be made of again.
_TAKES_APART = ("pickle.", "joblib.dump", "cloudpickle.", "dill.")
#: Methods by which Python's own containers are changed.
_CHANGES_CONTAINERS = frozenset(
    "append extend insert remove clear pop popitem update setdefault discard reverse".split()
)
#: How the names of functions begin that change something which they have for themselves.
_COMMANDS = (
    "add append clear configure delete disable enable extend init insert load_config pop push put "
    "register remove reset set setup setdefault update"
).split()


def _cells(value: Iterable[Obj], containers: int, *, arrays: bool) -> Iterator[Obj]:
    """Yield what may be in the cells of a table that is made from a value.

    Args:
        value: What it is made from.
        containers: In how many containers, one in the other, cells are given.
        arrays: Whether it has its own copy of arrays and tables.
    """
    for obj in value:
        if obj.kind in CONTAINERS and containers:
            yield from _cells(obj.held(), containers - 1, arrays=arrays)
        elif arrays and is_array(obj.kind):
            for held in obj.held():
                # Of groups, what is in the table that is in groups.
                is_grouped = obj.kind.startswith(_GROUPS) and is_array(held.kind)
                yield from held.held() if is_grouped else (held,)
        else:
            yield obj


def _changed(facts: Facts, arguments: Arguments) -> dict[str, bool]:
    """Return what a call changes, and whether it does so because it is told to make no copy."""
    changes = {}
    for which in facts.changes:
        what, _, condition = which.partition("?")
        if not condition or _holds(condition, arguments):
            changes[what] = condition.startswith("!")
    return changes


def _holds(condition: str, arguments: Arguments) -> bool:
    """Return whether an argument is given that a table names after a question mark."""
    position, _, name = condition.removeprefix("!").rpartition(":")
    is_so = arguments.is_off if condition.startswith("!") else arguments.is_given
    return is_so(name, int(position) if position else None)


def _returned(facts: Facts, arguments: Arguments) -> str:
    """Return what a call returns, as a table says it."""
    for kind, condition in facts.returns_where:
        if _holds(condition, arguments):
            return kind
    return facts.returns


class LibraryCalls(Models):
    """Follows calls out of the program, and what is called back from there."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._escaped: dict[tuple[Obj, int], int] = {}
        # Objects that were made to write to what their methods are given.
        self._overwriting: set[Obj] = set()
        #: Expressions of whose value nothing is made.
        self.commands: set[ast.AST] = set()
        #: Those of them that are statements by themselves.
        self.discarding: set[ast.AST] = set()

    def call_unknown(
        self, value: Value, arguments: Arguments, node: ast.AST, name: str = ""
    ) -> Value:
        """Call something of which nothing is known."""
        everything = value | arguments.all()
        self.read(everything)
        returned = self.escape(everything, node)
        self._may_show(UNKNOWN, everything, node, name)
        self.use_up(everything)
        self.change_all(everything)
        for obj in value:
            if obj.kind not in ("lib", "builtin"):
                obj.hold(arguments.all() - {obj})
        for obj in arguments.all():
            if obj.kind in CONTAINERS:
                obj.hold(everything - {obj})
        self._guess_files(name, arguments)
        if self.seeds and any(part in name for part in _DRAWING):
            self.change(self.shared("state", state) for state in ("numpy.random", "random"))
        if self.anything in everything:
            return frozenset((self.anything,))
        made = self.new("unknown", node)
        made.hold((everything | returned) - {made})
        return joined(frozenset((made,)), self.views(everything)) | returned

    def escape(
        self, value: Iterable[Obj], node: ast.AST, passes: Iterable[str] = ("unknown",)
    ) -> Value:
        """Have what may call the functions in a value do so.

        They may be given all that is in it, and what others return that are called before them.

        Args:
            value: What has got them.
            node: The expression that calls it.
            passes: Of which kinds the objects are that they may also be given.
        """
        reached = self.reach(value, inside=False)
        if reached is None:
            self.touch_everything()
            return NOTHING
        functions = [obj for obj in reached if obj.kind in ("function", "partial", "bound")]
        if not functions:
            return NOTHING
        pool = frozenset(obj for obj in reached if obj.kind not in ("text", "class"))
        instances = [
            (obj, self.bases(self.class_of(obj))) for obj in pool if obj.kind == "instance"
        ]
        methods: dict[Obj, list[tuple[Obj, Any]]] = {}
        for cls in reached:
            for name, held in cls.fields.items() if cls.kind == "class" else ():
                for method in held:
                    methods.setdefault(method, []).append((cls, name))
        pool |= {self.new(kind, node, tag=f"passed {kind}") for kind in passes}
        found: Value = NOTHING
        for obj in functions:
            of = methods.get(obj, [])
            receiver = frozenset(
                one for one, bases in instances if any(cls in bases for cls, _ in of)
            )
            arguments = Arguments(spread=pool | found)
            if of and all(self.takes_data(cls, name) for cls, name in of):
                data = (one for one in arguments.spread if not self.is_estimator(one))
                arguments = Arguments(spread=frozenset(data))
            elif of and all(name == "__init__" and self.is_fitted(cls) for cls, name in of):
                arguments = self.attributes_of(receiver)
            found |= self._handed_over(obj, receiver, arguments, node)
        return found

    def _handed_over(self, obj: Obj, receiver: Value, arguments: Arguments, node: ast.AST) -> Value:
        """Call a function as somebody does who has got it; return what that gives."""
        key = (obj, self.started_by(self.current))
        count = self._escaped[key] = self._escaped.get(key, 0) + 1
        with self.within(self.on_behalf(key)), self.closed():
            if count > 2:  # noqa: PLR2004 - once more for what the first brought
                return NOTHING
            if receiver:
                return self.call_function(obj, arguments, node, receiver)
            return self.call_value(frozenset((obj,)), arguments, node)

    def call_library(self, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """Call a function or a class of a library, by its qualified name."""
        maker = MAKERS.get(name)
        if maker is not None:
            with self.closed():
                made = maker(self, arguments, node)
            if made is not None:
                return made
        receiver = arguments.positional[0] if arguments.positional else NOTHING
        if receiver and self._is_method(name, receiver):
            # ``DataFrame.dropna(frame)``
            rest = replace(arguments, positional=arguments.positional[1:])
            return self.call_attribute(receiver, name.rpartition(".")[2], rest, node)
        if name.startswith(_TAKES_APART):
            for obj in self.reach(arguments.all()) or ():
                if obj.kind == "instance":
                    self.rebuilt(obj, obj, node)
        facts = self.library.about(name)
        if not facts.known and name.startswith("builtins."):
            return self.call_unknown(NOTHING, arguments, node)
        root = frozenset((self.shared("module", name.partition(".")[0]),))
        if "options" not in facts.changes:
            self.options((name.partition(".")[0],), node)
        state = None if facts.known else self.state_of(name)
        if state is not None:
            return self._call_own(name, state, arguments, node)
        whole, _, short = name.rpartition(".")
        if short in _CHANGES_CONTAINERS and "." in whole and not self.library.lists(name):
            # Of a list that a module of Python's has, say.
            (module,) = root
            self.change((module, self.shared("lib", whole)))
            module.hold(arguments.all())
        if any(which.startswith("module:") for which in facts.changes):
            self.read(root)  # as pyplot saves the figure that it has
        if facts.draws:
            owner = self.shared("lib", name.rpartition(".")[0])
            given = owner.fields.get("random_state", ())
            self.change(obj for obj in given if obj.kind in _GENERATORS)
        result = self.apply(facts, NOTHING, arguments, node, name)
        if self.patched:
            # What the program gave a class, its objects have.
            given = self.shared("lib", name).held()
            for obj in result - arguments.all() if given else ():
                obj.hold(given)
        return result

    def _is_method(self, name: str, receiver: Value) -> bool:
        """Return whether a function is a method of a class, called with objects of its library."""
        cls, _, short = name.rpartition(".")
        library = f"{name.partition('.')[0]}."
        is_class = cls.rpartition(".")[2][:1].isupper()
        return not short.startswith("from_") and all(
            obj.kind == cls or (is_class and obj.kind.startswith(library)) for obj in receiver
        )

    def _call_own(self, name: str, state: Obj, arguments: Arguments, node: ast.AST) -> Value:
        """Call a function of a module that may have a state of its own.

        It is taken to be changed where nothing is done with what the function returns, or where
        the function's name says so.
        """
        short = name.rpartition(".")[2].lower()
        me = frozenset((state,))
        changes = node in self.commands or any(map(short.startswith, _COMMANDS))
        given = replace(arguments, spread=arguments.spread | me)
        if not changes:
            self.read(me)
            returned = self.escape(me, node)
            found = self.apply(UNKNOWN, NOTHING, arguments, node, name) | returned
        else:
            found = self.apply(UNKNOWN, NOTHING, given, node, name) - me
            state.hold(arguments.all() - me)
        for obj in found - arguments.all():
            obj.hold(me)
        return found

    def apply(
        self, facts: Facts, receiver: Value, arguments: Arguments, node: ast.AST, name: str
    ) -> Value:
        """Do what a table says of a call."""
        everything = arguments.all()
        learners = self.learners(facts.changes, receiver)
        facts = self.with_draws(facts, learners, everything | receiver)
        unseen = [obj for obj in learners if self.forgets(obj)]
        if facts.sees == "made":
            models = self.models_in(everything | receiver)
            unseen += [obj for obj in models if obj not in receiver]
        passes = facts.passes or ("unknown",)
        with self.without_lessons(unseen):
            self.read(everything | receiver)
            returned = self.escape(everything | receiver, node, passes) if facts.calls else NOTHING
            # What is only perhaps an iterator is seldom passed to a function that is known.
            self.use_up(one for one in everything if one.kind != "unknown" or not facts.known)
            self.use_up(obj for obj in receiver if obj.kind != "unknown")
        self._may_show(facts, everything | receiver, node, name)
        changes = _changed(facts, arguments)
        self._changes(changes, receiver, arguments, name)
        self.learn(learners, everything)
        if "options" in changes:
            self._set_options(name.partition(".")[0], arguments, node, name)
        self._states(facts, receiver, arguments, node)
        self._files(facts, receiver, arguments, name)
        uncopied = {what for what, is_uncopied in changes.items() if is_uncopied}
        result = self._result(facts, uncopied, receiver, arguments, node)
        for obj in result - everything - receiver if returned else ():
            obj.hold(returned - {obj})
        if not (facts.passes and facts.returns.startswith("copy:")):
            # Else it is put into a table.
            result |= returned
        if facts.calls and is_array(facts.returns.partition(":")[2]):
            for obj in result if any(map(_makes_container, everything)) else ():
                obj.about = OBJECTS
                obj.hold((self.new("unknown", node, tag="cell"),))
        for which in facts.changes:
            if which.startswith("module:"):
                module = self.shared("module", which.partition(":")[2])
                module.hold(obj for obj in result if is_drawing(obj))
                result |= frozenset(obj for obj in module.held() if is_drawing(obj))
        return result

    def _may_show(self, facts: Facts, value: Value, node: ast.AST, name: str) -> None:
        """Make texts of a value, as what is unknown may do, and what writes into files or texts."""
        is_stdlib = name.partition(".")[0] in sys.stdlib_module_names
        if self.shows_otherwise and (is_stdlib or not facts.known):
            self.look_at_options(self.reach(value), node)

    def _changes(
        self, changes: dict[str, bool], receiver: Value, arguments: Arguments, name: str
    ) -> None:
        everything = arguments.all()
        if arguments.is_given("inplace"):
            changes["itself"] = False
        if "self" in changes:
            models = {obj for obj in receiver if FITTED in obj.fields}
            self.change(models)
            self.change_all((receiver - models).union(*(obj.contents for obj in models)))
            for obj in receiver:
                obj.hold(everything - {obj})
        if "held" in changes:
            held = [one for obj in receiver for one in obj.held()]
            self.change((*held, *(self.root(one) for one in held if one.kind == "lib")))
        if "itself" in changes:
            self.change(receiver)
            for obj in receiver:
                obj.hold(everything - {obj})
        if (
            "arguments" in changes
            or any(
                name.startswith("overwrite") and arguments.is_given(name)
                for name in (*arguments.keywords, *arguments.perhaps)
            )
            or self._overwrites(receiver)
        ):
            self.change_all(everything)
        if "module" in changes:
            self.change((self.shared("lib", name.rpartition(".")[0]),))
            self._change_module(name.partition(".")[0], everything)
        for which in changes.keys() - _WHAT:
            if which.startswith("module:"):
                # Of what it is given it keeps what it made itself, such as an axis.
                module = self.shared("module", which.partition(":")[2])
                module.hold(obj for obj in everything if is_drawing(obj))
                self.change((module,))
                self.change(obj for obj in module.held() if is_drawing(obj))
                continue
            position = int(which) if which.isdigit() else None
            value = arguments.get(position, which)
            value = arguments.spread if value is None else value
            self.change_all(value)
            self.change(obj for obj in value if obj.kind == "module")
            if position is not None and value:
                for obj in value:
                    obj.hold(everything - {obj})
        for written in ("out", "random_state", "rng", "random"):
            self.change_all(arguments.get(None, written) or NOTHING)

    def _set_options(self, library: str, arguments: Arguments, node: ast.AST, name: str) -> None:
        """Set what keywords say, or names before values."""
        if node not in self.commands:
            self.look((self.shared("module", library),))  # it returns what was set before
        options: dict[str | None, Value] = dict(arguments.keywords.items())
        given = arguments.positional
        if len(given) == 1 and given[0] and all(map(_is_callback, given[0])):
            options[name] = given[0]
        else:
            options |= dict(zip(map(text_of, given[::2]), [*given[1::2], NOTHING], strict=False))
        if arguments.spread or arguments.perhaps or not options:
            options = {None: arguments.all()}
        for option, value in options.items():
            if option is None:
                self._change_module(library, arguments.all())
            else:
                self.set_option(library, option, value)

    def _change_module(self, library: str, everything: Value) -> None:
        module = self.shared("module", library)
        self.shows_otherwise = True
        self.change((module, self.shared("texts", library)))
        module.hold(everything - {module})

    def _overwrites(self, receiver: Value) -> bool:
        """Return whether an object, or one of those in it, writes to what it is given."""
        if not self._overwriting:
            return False
        reached = self.reach(receiver, inside=False)
        return reached is None or not self._overwriting.isdisjoint(reached)

    def _states(self, facts: Facts, receiver: Value, arguments: Arguments, node: ast.AST) -> None:
        """Use, move on or set hidden states: the random generators', and others."""
        for state in facts.uses:
            _, _, module = state.partition(":")
            if module:
                self.options((module,), node, shows=True)
            else:
                self.look((self.shared("state", state),))
        seeded = arguments.flags.get("random_state") is not None or (
            "random_state" in arguments.keywords and bool(arguments.keywords["random_state"])
        )
        if (facts.draws or LEARNS & facts.changes) and "arguments" not in facts.changes:
            # From the generators, too, that it has or is given, or that are in what it is given.
            given = self.reach(receiver | arguments.all()) or ()
            self.change(obj for obj in given if obj.kind in _GENERATORS)
        if self.seeds and not seeded and not any(obj.about == "seeded" for obj in receiver):
            # To set a state anew takes nothing from it.
            self.change(self.shared("state", state) for state in facts.draws - facts.seeds)
        for name in facts.seeds:
            generator = self.shared("state", name)
            if self.is_certain():
                generator.last = self.current
            else:
                self.change((generator,))

    def _files(self, facts: Facts, receiver: Value, arguments: Arguments, name: str) -> None:
        if not facts.known:
            self._guess_files(name, arguments)
        for which in facts.reads:
            self._file(which, receiver, arguments, writes=False)
        for which in facts.writes:
            self._file(which, receiver, arguments, writes=True)

    def _file(self, which: str, receiver: Value, arguments: Arguments, *, writes: bool) -> None:
        if which == "self":
            value: Value | None = receiver
        elif which == "any":
            value = None
        else:
            position, _, name = which.partition(":")
            name, _, otherwise = name.partition(":")
            value = arguments.get(int(position) if position.isdigit() else None, name or which)
            if value is None and otherwise:
                value = arguments.spread or self.text(otherwise)
            elif value is None and position.isdigit() and not arguments.spread:
                return  # without it, the text is returned and no file is touched
        objects = [obj for obj in value or () if obj.kind != "text"]
        for obj in objects:
            if not writes:
                for path in obj.fields.get("reads", ()):
                    self.read_file(str(path.about) or None)
                if is_used_up(obj.kind):
                    self.change((obj,))
            elif obj.kind == "file" or "writes" in obj.fields:
                self.change((obj,))
            else:
                self.change_all((obj,))
        if not objects:
            path_text = None if value is None else text_of(value)
            (self.write_file if writes else self.read_file)(path_text)

    def _guess_files(self, name: str, arguments: Arguments) -> None:
        """Take a function of which nothing is known to use files if its name says so."""
        short = name.rpartition(".")[2].lower()
        values = [*arguments.positional, *arguments.keywords.values()]
        paths = [text for text in map(text_of, values) if text is not None]
        uses: Callable[[str | None], None] | None = None
        if any(word in short for word in _WRITES):
            uses = self.write_file
        elif any(word in short for word in _READS):
            uses = self.read_file
        if uses is not None:
            for path in paths or (None,):
                uses(path)

    def _fill(self, made: Obj, everything: Value, arguments: Arguments) -> Value:
        """Have a new array hold the objects that its cells may be, and return these."""
        if not everything:
            return NOTHING
        kind = arguments.keywords.get("dtype", NOTHING)
        if text_of(kind) in _OF_OBJECTS or any(map(_is_object, arguments.all())):
            made.about = OBJECTS
        cells = frozenset(objects_in(everything, lists=made.about == OBJECTS)) - {made}
        made.hold(cells)
        return cells

    def _result(
        self,
        facts: Facts,
        uncopied: AbstractSet[str],
        receiver: Value,
        arguments: Arguments,
        node: ast.AST,
    ) -> Value:
        returns, _, kind = _returned(facts, arguments).partition(":")
        everything = receiver | arguments.all()
        if returns in ("atom", "constant"):
            return NOTHING
        if returns == "self":
            self._overwriting.update(receiver if "arguments" in uncopied else ())
            return receiver or arguments.all()
        if returns == "first":
            return self.views(arguments.positional[0] if arguments.positional else everything)
        if returns == "items":
            return self.elements(everything, node)
        if returns == "cells":
            held = NOTHING.union(*(obj.held() for obj in everything))
            return frozenset(obj for obj in held if not is_array(obj.kind))
        if returns in ("iterator", "reader"):
            return self._reader(kind, everything, node, is_iterator=returns == "iterator")
        made = self.new(kind or "unknown", node)
        loose: Value = NOTHING
        everything = frozenset(obj for obj in everything if obj.kind not in ("lib", "module"))
        if returns == "copy":
            made.hold(set(_cells(everything, 1, arrays=True)) - {made})
        elif returns == "holder" and is_array(made.kind):
            # Of a frame, columns or rows; of a series, the elements.
            depth = 2 if made.kind == "pandas.DataFrame" else 1
            data = arguments.get(0, "data") or NOTHING
            if depth == 1 or "copy" in arguments.keywords or not all(map(_is_container, data)):
                data = NOTHING  # of which it may have the memory
            cells = set(_cells(everything - data, depth, arrays=False))
            for column in NOTHING.union(*(obj.held() for obj in data)):
                cells.update(_cells((column,), depth - 1, arrays=is_array(column.kind)))
            cells.discard(made)
            made.hold(cells)
            made.hold((o for o in cells if is_array(o.kind) and o.kind != INDEX), SHARES)
        elif returns == "clone" and all(self.learns(obj.kind) for obj in everything):
            made.hold(held for obj in everything for held in obj.contents)
        elif returns == "new" and made.kind == _ARRAY:
            loose = self._fill(made, everything, arguments)
        elif returns != "new":
            made.hold(everything - {made})
        if arguments.is_given("allow_pickle"):
            made.hold((self.new("unknown", node, tag="cell"),))
        if arguments.flags.get("random_state") is not None:
            made.about = "seeded"
        if "arguments" in uncopied:
            self._overwriting.add(made)
        is_new = returns in ("new", "holder", "copy", "clone")
        if is_new and not uncopied and not self._overwrites(receiver):
            return loose | {made}
        return joined(loose | {made}, self.views(everything))

    def _reader(self, kind: str, sources: Value, node: ast.AST, *, is_iterator: bool) -> Value:
        """Return what uses up what it is given: an object, or an iterator over others."""
        made = self.new("iterator" if is_iterator else kind, node)
        made.fields.setdefault("source", set()).update(sources)
        if is_iterator and kind:
            made.hold((self.new(kind, node, tag="part"),))
        return frozenset((made,))
