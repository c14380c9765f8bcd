"""What builtins, containers, and a few functions of the standard library do with objects."""

from __future__ import annotations

import ast
import posixpath
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from lineapy_store.slicing._expressions import CONTAINERS, Arguments, is_used_up
from lineapy_store.slicing._heap import NOTHING, SHARES, Env, Obj, Value, text_of
from lineapy_store.slicing._objects import Objects

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: Methods of containers that change nothing.
PURE_METHODS = frozenset(
    """copy count index get items keys values union intersection difference symmetric_difference
    issubset issuperset isdisjoint most_common elements total __len__ __contains__ __getitem__
    __iter__ __repr__ __str__ __eq__ __hash__ __len__ fromkeys""".split()
)
#: Methods that put the elements of their arguments into a container.
ADDS_ELEMENTS = frozenset(
    """extend update extendleft intersection_update difference_update
    symmetric_difference_update subtract __iadd__ __ior__""".split()
)
_TO_ATOM = {
    "len": ("len",),
    "int": ("int", "index", "trunc"),
    "float": ("float",),
    "complex": ("complex",),
    "bool": ("bool", "len"),
    "str": ("str", "repr"),
    "repr": ("repr",),
    "ascii": ("repr",),
    "hash": ("hash",),
    "format": ("format", "str"),
    "bytes": ("bytes",),
    "print": ("str", "repr"),
    "round": ("round",),
    "id": (),
    "ord": (),
    "chr": (),
    "hex": ("index",),
    "oct": ("index",),
    "bin": ("index",),
    "isinstance": (),
    "issubclass": (),
    "callable": (),
    "range": ("index",),
    "slice": (),
    "divmod": ("divmod",),
    "dir": ("dir",),
    "input": (),
    "breakpoint": (),
    "help": (),
}
# What these tell of a container is not what is in it.
_OF_ITSELF = frozenset({"len", "bool", "id", "callable"})
# Of texts and paths; a path of which nothing is known, and what it does to files.
_PATH_WRITES = frozenset(
    "write_text write_bytes mkdir unlink touch rename rmdir symlink_to hardlink_to chmod".split()
)
_PATH_READS = frozenset(
    """read_text read_bytes exists is_file is_dir iterdir glob rglob stat resolve samefile
    walk""".split()
)
_TEXT_METHODS: dict[str, Callable[..., str]] = {
    **{
        name: getattr(str, name)
        for name in (
            "replace strip lstrip rstrip lower upper title removeprefix removesuffix"
        ).split()
    },
    "joinpath": posixpath.join,
    "with_suffix": lambda text, suffix: str(PurePosixPath(text).with_suffix(suffix)),
    "with_name": lambda text, name: str(PurePosixPath(text).with_name(name)),
}
# Methods of texts and times that go by what is set in a module.
_ATOM_OPTIONS = {
    "encode": ("codecs",),
    "decode": ("codecs",),
    "timestamp": ("time",),
    "astimezone": ("time",),
}
# What the path of a file is called.
_PATHS = ("file", "filename", "name")
# Methods of iterators, and of those of pandas over the parts of a table.
_DRAWS = frozenset("__next__ send close get_chunk read".split())
_TEXT_LISTS = frozenset("split rsplit splitlines iterdir glob rglob".split())
# Looks that it takes, about, to go through a function that is kept somewhere.
_CALL = 200


class Builtins(Objects):
    """Knows Python's own functions and containers."""

    seeds = True

    # Files.

    def change(self, value: Iterable[Obj]) -> None:
        """The current statement changes the objects of a value, not what they hold."""
        objects = list(value)
        super().change(objects)
        for obj in objects:
            if not obj.fields and obj.part_of is None:
                continue
            for path in obj.fields.get("writes", ()):
                self.write_file(str(path.about) or None)
            table = obj if obj.part_of is None else obj.part_of[0]
            if SHARES in table.fields:
                self.change(o for o in table.fields[SHARES] if o.whole != self.current)

    def _path_state(self, path: str) -> Obj:
        return self.shared("state", f"file {path}")

    def write_file(self, path: str | None, *, anew: bool = False) -> None:
        """The current statement writes, makes or removes a file.

        Args:
            path: Its path; None for any.
            anew: Whether nothing is left of what was in it.
        """
        everywhere, unknown = self._path_state("*"), self._path_state("?")
        self.look((self.shared("state", "working directory"),))
        if path is None or self._moved:
            self.depend(everywhere.last)
            unknown.last = everywhere.last = self.current
            return
        path = posixpath.normpath(path)
        self.look((unknown,))
        folder = path
        while (parent := posixpath.dirname(folder)) != folder:
            folder = parent
            self.look((self._path_state(folder or "."),))
            self.mark(self._path_state(f"under {folder or '.'}"))
        state = self._path_state(path)
        if anew and self.is_certain():
            state.last = state.whole = None
        self.change((state,))
        self.mark(everywhere)

    def mark(self, obj: Obj) -> None:
        """Add the current statement to those that an object is from, without their order."""
        self.marked.setdefault(f"{obj.kind} {obj.about}", []).append(self.current)
        if obj.last is None:
            obj.last = self.current
        elif obj.last != self.current:
            obj.last = self.together((obj.last, self.current))
        self._note(obj)

    def read_file(self, path: str | None) -> None:
        """The current statement reads a file or a folder; None for any."""
        self.look((self.shared("state", "working directory"),))
        if path is None or "*" in path or self._moved:
            self.look((self._path_state("*"),))
            return
        path = posixpath.normpath(path)
        self.look(
            (self._path_state("?"), self._path_state(path), self._path_state(f"under {path}"))
        )
        while (parent := posixpath.dirname(path)) != path:
            path = parent
            self.look((self._path_state(path or "."),))

    @property
    def _moved(self) -> bool:
        return self.shared("state", "working directory").last is not None

    # Texts, numbers, paths.

    def call_on_atom(
        self, text: str | None, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        """Call a method of what cannot be changed."""
        everything = arguments.all()
        reached = self.read(everything)
        self.use_up(everything)
        self.escape(everything, node)
        if name == "format":
            self.look_at_options(reached, node)
        elif name in _ATOM_OPTIONS:
            self.options(_ATOM_OPTIONS[name], node)
        if name in _PATH_WRITES or (name == "replace" and len(arguments.positional) == 1):
            self.write_file(text, anew=name in ("write_text", "write_bytes"))
            other = text_of(arguments.positional[0]) if arguments.positional else None
            if name in ("rename", "replace"):
                self.write_file(other)
            elif name in ("symlink_to", "hardlink_to"):
                self.read_file(other)
        elif name in _PATH_READS:
            self.read_file(text)
        elif name == "open":
            path = self.text(text) if text is not None else NOTHING
            return self.opened([path, *arguments.positional], arguments, node)
        if name in _TEXT_LISTS:
            return frozenset((self.new("list", node),))
        known = None if text is None else _reworked(text, name, arguments)
        if known is not None:
            return self.text(known)
        if name in ("format", "join", "strip", "encode", "lower", "upper") or not everything:
            return NOTHING
        made = self.new("unknown", node)
        made.hold(everything)
        return NOTHING if name in _PURE_OF_ATOMS else frozenset((made,))

    def opened(
        self, values: list[Value], arguments: Arguments, node: ast.AST, kind: str = "file"
    ) -> Value:
        """Open a file, by its path or through another stream.

        Args:
            values: The path and the mode, as far as they are given by position.
            arguments: What the call passes.
            node: The call.
            kind: What is returned.
        """
        self.read(arguments.all())
        paths = values[:1] or [arguments.keywords[n] for n in _PATHS if n in arguments.keywords]
        path = paths[0] if paths else NOTHING
        self.dunders(path, ("fspath",), node)
        given = values[1] if len(values) > 1 else arguments.keywords.get("mode")
        mode = "r" if given is None else text_of(given)
        file = self.new(kind, node)
        streams = [o for o in path | arguments.keywords.get("fileobj", NOTHING) if _is_stream(o)]
        if streams:
            file.fields.setdefault("source", set()).update(streams)
            return frozenset((file,))
        mode = None if mode is None else mode.replace("|", ":").partition(":")[0]
        name = text_of(path)
        known = self.text(name) if name is not None else frozenset((self.shared("text", ""),))
        reads = mode is None or "r" in mode or "+" in mode
        writes = mode is None or mode.strip("rbt") != ""
        if reads:
            file.fields["reads"] = set(known)
            self.read_file(name)
        if writes:
            file.fields["writes"] = set(known)
            self.write_file(name, anew=mode is not None and mode.startswith("w"))
        return frozenset((file,))

    # Options of libraries.

    def options(self, libraries: Iterable[str], node: ast.AST, *, shows: bool = False) -> None:
        """The current statement goes by what is set in libraries, and calls what is kept there.

        Args:
            libraries: Their names.
            node: The expression that does so.
            shows: It makes a text: there are options that nothing else goes by.
        """
        for name in libraries:
            for kind in ("module", "texts") if shows else ("module",):
                owner = self.shared(kind, name)
                if owner.last is not None:
                    self.look((owner,))
                    self._call_kept(owner, node)

    def _call_kept(self, owner: Obj, node: ast.AST) -> None:
        """Call what a module keeps."""
        kept = [obj for obj in self.kept_by(owner) if not is_drawing(obj)]
        self.read(frozenset(kept))
        if self.affords(len(kept), looks=_CALL):
            self.escape(kept, node)
        else:
            self.touch_everything()

    def look_at_options(self, reached: Iterable[Obj] | None, node: ast.AST) -> None:
        """The current statement makes a text of objects, as the options of libraries say.

        Args:
            reached: The objects, and what they hold; None for too many.
            node: The expression that does so.
        """
        kinds = ["unknown"] if reached is None else [obj.kind for obj in reached]
        names = {kind.partition(".")[0] for kind in kinds if "." in kind}
        if "unknown" in kinds or names:
            names |= {"numpy", "pandas"}
        self.options(sorted(names), node, shows=True)
        # Of numbers, it is not known whose they are.
        self.look_at(self.shared("module", "numpy"), ("option", "legacy"))

    # Containers.

    def call_on_container(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value:
        """Call a method of a list, a dict, a set, or an iterator over one."""
        me = frozenset((obj,))
        everything = arguments.all()
        self.look(me)
        if name in _DRAWS and obj.kind == "iterator":
            return self.iterate(me, node)
        if name in PURE_METHODS:
            return self._pure_method(obj, name, arguments, node)
        if everything:
            self.dunders(everything, ("hash", "eq"), node)
        if name in ("sort", "remove"):
            self.read(me)
            held = frozenset(obj.held())
            self.dunders(held, ("lt", "gt", "eq"), node)
            key = arguments.keywords.get("key")
            if key:
                with self.closed():
                    self.call_value(key, Arguments([held]), node)
        self.change(me)
        if name in ("pop", "popitem", "popleft", "setdefault"):
            held = frozenset(obj.held())
            obj.hold(everything)
            if name == "setdefault" and len(arguments.positional) > 1:
                return frozenset(obj.held())
            made = self.new("tuple", node)
            made.hold(held)
            return held | ({made} if name == "popitem" else everything)
        if name in ADDS_ELEMENTS:
            self.read(everything)
            obj.hold(self.iterate(everything, node))
            for key_name, value in arguments.keywords.items():
                obj.hold(value, key_name)
            for source in everything if obj.kind == "dict" else ():
                self.hold_keys(obj, source)
        elif name in ("insert", "append", "add", "appendleft", "move_to_end", "__setitem__"):
            obj.hold(everything)
        elif name not in ("sort", "remove", "discard", "clear", "reverse", "rotate"):
            return self.call_unknown(me, arguments, node, name)
        return NOTHING

    def _pure_method(self, obj: Obj, name: str, arguments: Arguments, node: ast.AST) -> Value:
        held = frozenset(obj.held())
        everything = arguments.all()
        if name in ("count", "index", "__contains__", "get"):
            self.dunders(everything | held, ("eq", "hash"), node)
            self.read(everything)
        if name == "get":
            first = arguments.get(0, "key")
            key = text_of(first) if first else None
            default = arguments.get(1, "default") or NOTHING
            return (obj.get(key) if key is not None else held) | default
        if name in ("items", "keys", "values"):
            view = self.new("view_of_dict", node, tag=f"{name} {id(obj)}")
            view.fields["source"] = {obj}
            if name == "items":
                pair = self.new("tuple", node, tag=f"pair {id(obj)}")
                pair.hold(held)
                view.hold((pair,))
            else:
                view.hold(held)
            return frozenset((view,))
        if name in ("copy", "union", "intersection", "difference", "symmetric_difference"):
            made = self.new(obj.kind, node)
            made.hold(obj.contents)
            for key, value in obj.fields.items():
                made.hold(value, key)
            made.hold(self.iterate(everything, node))
            return frozenset((made,))
        if name in ("most_common", "elements", "fromkeys"):
            made = self.new("dict" if name == "fromkeys" else "list", node)
            made.hold(held | everything)
            return frozenset((made,))
        self.read(everything)
        if name in ("__repr__", "__str__"):
            reached = self.read(frozenset((obj,)))
            self.look_at_options(reached, node)
            self.dunders(reached or (), ("repr", "str"), node)
        return NOTHING

    # Functions.

    def call_builtin(self, name: str, arguments: Arguments, node: ast.AST, env: Env) -> Value:
        """Call a builtin."""
        handler = getattr(self, f"_builtin_{name}", None)
        if handler is not None:
            with self.closed():
                value: Value = handler(arguments, node, env)
            return value
        everything = arguments.all()
        if name in _OF_ITSELF:
            # What its elements are like says nothing of how many there are.
            containers = frozenset(obj for obj in everything if obj.kind in CONTAINERS)
            self.look(containers)
            self.read(everything - containers)
        else:
            self.read(everything)
        if name in _TO_ATOM:
            if name in ("str", "format", "repr", "print", "ascii"):
                self.show(everything, _TO_ATOM[name], node)
            else:
                self.dunders(everything, _TO_ATOM[name], node)
            if name == "print":
                self._print(arguments)
            if name == "str" and len(arguments.positional) == 1:
                return everything if text_of(everything) is not None else NOTHING
            return NOTHING
        if name[:1].isupper():  # an exception
            made = self.new(f"builtins.{name}", node)
            made.hold(everything)
            return frozenset((made,))
        return self.call_unknown(NOTHING, arguments, node)

    def _print(self, arguments: Arguments) -> None:
        stream = arguments.keywords.get("file")
        if stream is None:
            system = self.shared("module", "sys")
            stream = frozenset(system.fields.get("stdout", ()))
            if stream:
                self.look((system,))
        for obj in stream:
            self.change((obj,))

    def collected(self, kind: str, arguments: Arguments, node: ast.AST) -> Value:
        """Return a container of what others hold."""
        made = self.new(kind, node)
        everything = arguments.all()
        self.look(everything)
        for source in everything:
            if source.kind == "dict" and kind in ("dict", "OrderedDict", "defaultdict"):
                self.hold_keys(made, source)
                made.hold(source.contents)
            else:
                elements = self.iterate(frozenset((source,)), node)
                made.hold(elements)
                if kind in ("dict", "OrderedDict", "defaultdict"):
                    for element in elements:
                        made.hold(element.held())
        if kind in ("set", "frozenset", "dict", "Counter"):
            self.read(made.held())
            self.dunders(list(made.held()), ("hash", "eq"), node)
        return frozenset((made,))

    def _builtin_list(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        return self.collected("list", arguments, node)

    def _builtin_tuple(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        return self.collected("tuple", arguments, node)

    def _builtin_set(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        return self.collected("set", arguments, node)

    def _builtin_frozenset(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        return self.collected("frozenset", arguments, node)

    def _builtin_dict(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        (made,) = self.collected("dict", Arguments(arguments.positional), node)
        for name, value in arguments.keywords.items():
            made.hold(value, name)
        made.hold(arguments.spread)
        return frozenset((made,))

    def _builtin_bytearray(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        self.read(arguments.all())
        return frozenset((self.new("array.array", node),))

    def _builtin_memoryview(self, arguments: Arguments, _node: ast.AST, _env: Env) -> Value:
        self.look(arguments.all())
        return arguments.all()

    def _builtin_sorted(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        whole = arguments.positional[0] if arguments.positional else arguments.spread
        elements = self.iterate(whole, node)
        self.read(elements)
        self._with_key(arguments, elements, node)
        made = self.new("list", node)
        made.hold(elements)
        return frozenset((made,))

    def _with_key(self, arguments: Arguments, elements: Value, node: ast.AST) -> None:
        key = arguments.keywords.get("key")
        if key:
            self.call_value(key, Arguments([elements]), node)
        self.dunders(elements, ("lt", "gt"), node)

    def _builtin_min(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        everything = NOTHING.union(*arguments.positional, arguments.spread)
        if len(arguments.positional) == 1:
            everything = self.iterate(everything, node)
        self.read(everything)
        self._with_key(arguments, everything, node)
        return everything | arguments.keywords.get("default", NOTHING)

    _builtin_max = _builtin_min

    def _builtin_sum(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        whole = arguments.positional[0] if arguments.positional else arguments.spread
        elements = self.iterate(whole, node)
        start = arguments.get(1, "start") or NOTHING
        if not elements and not start:
            self.read(whole)
            return NOTHING
        if whole and all(is_plain(obj) for obj in whole) and not elements:
            return NOTHING
        return self.operation("add", [start, elements], node)

    def _builtin_any(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        elements = self.iterate(arguments.all(), node)
        self.read(arguments.all())
        self.truth(elements, node)
        return NOTHING

    _builtin_all = _builtin_any

    def _builtin_abs(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        return self.operation("abs", [arguments.all()], node) if arguments.all() else NOTHING

    def _builtin_pow(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        return self.operation("pow", [*arguments.positional], node)

    def _builtin_enumerate(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        everything = arguments.all()
        pair = self.new("tuple", node, tag="pair")
        pair.fields.setdefault(0, set())

        def draw(made: Obj) -> None:
            pair.hold(self.elements(everything, node), 1)
            made.hold((pair,))

        return self.iterator(node, everything, draw)

    def _builtin_zip(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        row = self.new("tuple", node, tag="row")

        def draw(made: Obj) -> None:
            for position, part in enumerate(arguments.positional):
                row.hold(self.elements(part, node), position)
            row.hold(self.elements(arguments.spread, node) | arguments.spread)
            made.hold((row,))

        return self.iterator(node, arguments.all(), draw)

    def _builtin_map(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        if not arguments.positional:
            return self.call_unknown(NOTHING, arguments, node)
        function, *sources = arguments.positional

        def draw(made: Obj) -> None:
            elements = [self.elements(source, node) for source in sources]
            given = Arguments(elements, spread=arguments.spread)
            made.hold(self.call_value(function, given, node))

        return self.iterator(node, arguments.all(), draw)

    def _builtin_filter(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        function, source = (*arguments.positional, NOTHING, NOTHING)[:2]

        def draw(made: Obj) -> None:
            elements = self.elements(source, node)
            if function:
                self.call_value(function, Arguments([elements]), node)
            else:
                self.truth(elements, node)
            made.hold(elements)

        return self.iterator(node, function | source, draw)

    def _builtin_iter(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        everything = arguments.all()
        self.look(everything)
        found: Value = NOTHING
        plain = frozenset(obj for obj in everything if obj.kind not in ("instance", "generator"))
        for obj in everything - plain:
            got = self.dunder(obj, "iter", Arguments(), node) if obj.kind == "instance" else None
            found |= {obj} if got is None else got
        if len(arguments.positional) > 1:
            self.call_value(everything, Arguments(), node)
        if plain or not everything:
            found |= self.iterator(
                node, everything, lambda made: made.hold(self.elements(plain, node))
            )
        return found

    def _builtin_reversed(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        for obj in arguments.all():
            if obj.kind == "instance":
                found = self.dunder(obj, "reversed", Arguments(), node)
                if found is not None:
                    return found
        return self._builtin_iter(arguments, node, _env)

    def _builtin_next(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        everything = arguments.positional[0] if arguments.positional else arguments.spread
        default = arguments.get(1, "default") or NOTHING
        found: Value = NOTHING
        for obj in everything:
            if obj.kind == "instance":
                found |= self.dunder(obj, "next", Arguments(), node) or NOTHING
            else:
                found |= self.iterate(frozenset((obj,)), node)
        return found | default

    def _builtin_open(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        return self.opened(arguments.positional, arguments, node)

    def _builtin_getattr(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        whole, named, *default = (*arguments.positional, NOTHING, NOTHING)[
            : max(2, len(arguments.positional))
        ]
        name = text_of(named)
        self.look(whole)
        if name is not None:
            found = self.attribute(whole, name, node)
        else:
            found = self.views(whole.union(*(obj.held() for obj in whole)))
            for obj in whole:
                if obj.kind == "instance":
                    for cls in self.bases(self.class_of(obj)):
                        for held in cls.fields.values():
                            found |= self.descriptor(frozenset(held), frozenset((obj,)), node)
                elif obj.kind in ("module", "lib"):
                    found |= {self.shared("unknown", f"in {obj.about}")}
        return found.union(*default)

    def _builtin_hasattr(self, arguments: Arguments, node: ast.AST, env: Env) -> Value:
        self._builtin_getattr(arguments, node, env)
        return NOTHING

    def _builtin_setattr(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        whole, named, value = (*arguments.positional, NOTHING, NOTHING, NOTHING)[:3]
        name = text_of(named)
        if name is None:
            self.change(obj if obj.kind != "lib" else self.root(obj) for obj in whole)
            for obj in whole:
                obj.hold(value)
                if obj.kind in ("module", "lib"):
                    self.touch_everything()
        else:
            self.set_attribute(whole, name, value, node)
        return NOTHING

    def _builtin_delattr(self, arguments: Arguments, _node: ast.AST, _env: Env) -> Value:
        for obj in arguments.positional[0] if arguments.positional else NOTHING:
            self.change((obj if obj.kind != "lib" else self.root(obj),))
        return NOTHING

    def _builtin_vars(self, arguments: Arguments, node: ast.AST, env: Env) -> Value:
        if not arguments.positional:
            return self._builtin_globals(arguments, node, env)
        own = frozenset(obj for obj in arguments.all() if obj.kind in ("instance", "function"))
        others = arguments.all() - own
        self.look(others)
        return others | (self.attribute(own, "__dict__", node) if own else NOTHING)

    def _builtin_type(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        if len(arguments.positional) > 1:
            return self._class_made(arguments, node)
        everything = arguments.all()
        self.look(everything)
        found = {self.class_of(obj) for obj in everything if obj.kind == "instance"}
        if any(obj.kind == "class" for obj in everything):
            for obj in everything:
                found |= obj.fields.get("metaclass", set())
        return frozenset(found)

    def _class_made(self, arguments: Arguments, node: ast.AST) -> Value:
        self.read(arguments.all())
        made = self.new("class", node, [], tag="type")
        bases = arguments.positional[1] if len(arguments.positional) > 1 else NOTHING
        made.about = [
            one for obj in bases for one in obj.held() if one.kind in ("class", "lib", "builtin")
        ]
        for obj in arguments.positional[2] if len(arguments.positional) > 2 else NOTHING:  # noqa: PLR2004 - the third
            for key, value in obj.fields.items():
                if isinstance(key, str):
                    made.hold(value, key)
            made.hold(obj.contents)
        hook = self.class_attribute(made, "__init_subclass__", made)
        if hook is not None:
            given = Arguments([], arguments.keywords)
            self.call_methods(hook, frozenset((made,)), given, node)
        return frozenset((made,))

    def _builtin_globals(self, _arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        del node
        return frozenset((self.namespace(),))

    _builtin_locals = _builtin_globals

    def _builtin___import__(self, arguments: Arguments, _node: ast.AST, _env: Env) -> Value:
        name = text_of(arguments.positional[0]) if arguments.positional else None
        if name is None:
            return frozenset((self.shared("unknown", "imported"),))
        return frozenset((self.shared("module", name.partition(".")[0]),))

    def _builtin_exec(self, arguments: Arguments, node: ast.AST, env: Env) -> Value:
        self.read(arguments.all())
        text = text_of(arguments.positional[0]) if arguments.positional else None
        tree: ast.Module | None = None
        if text is not None and len(arguments.positional) == 1 and not arguments.keywords:
            try:
                tree = ast.parse(text)
            except (SyntaxError, ValueError):
                tree = None
        if tree is None or env is not self.module:
            self.touch_everything()
            return frozenset((self.new("unknown", node),))
        self.kept_trees.append(tree)
        result: Value = NOTHING
        for statement in tree.body:
            if isinstance(statement, ast.Expr):
                result = self.value(statement.value, env)
            else:
                self.run([statement], env)
        return result

    _builtin_eval = _builtin_exec

    def _builtin_compile(self, arguments: Arguments, _node: ast.AST, _env: Env) -> Value:
        self.read(arguments.all())
        return arguments.positional[0] if arguments.positional else NOTHING

    def _builtin_property(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        made = self.new("property", node)
        for position, name in enumerate(("get", "set", "delete")):
            made.hold(arguments.get(position, f"f{name[:3]}") or NOTHING, name)
        return frozenset((made,))

    def _builtin_staticmethod(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        made = self.new("staticmethod", node)
        made.hold(arguments.all())
        return frozenset((made,))

    def _builtin_classmethod(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        made = self.new("classmethod", node)
        made.hold(arguments.all())
        return frozenset((made,))

    def _builtin_object(self, _arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        return frozenset((self.new("unknown", node),))

    def _builtin_super(self, arguments: Arguments, node: ast.AST, _env: Env) -> Value:
        if len(arguments.positional) == 2:  # noqa: PLR2004 - the class and the instance
            classes, receivers = arguments.positional
        elif self.frames:
            frame = self.frames[-1]
            around = frame.function.env
            classes = frozenset(cls for cls in (self.classes.get(id(around)),) if cls is not None)
            receivers = frame.receiver
        else:
            return self.call_unknown(NOTHING, arguments, node)
        found = []
        for cls in classes:
            made = self.new("super", node, cls, tag=f"super {id(cls)}")
            made.contents |= receivers
            found.append(made)
        if not found:
            self.touch_everything()
        return frozenset(found)

    # What the parts that build on this one do.

    def call_attribute(
        self, receiver: Value, name: str, arguments: Arguments, node: ast.AST
    ) -> Value:
        """Call ``receiver.name(...)``."""
        raise NotImplementedError

    def call_unknown(
        self, value: Value, arguments: Arguments, node: ast.AST, name: str = ""
    ) -> Value:
        """Call something of which nothing is known but, perhaps, its name."""
        raise NotImplementedError

    def escape(self, value: Iterable[Obj], node: ast.AST) -> Value:
        """Have what may call the functions in a value do so."""
        raise NotImplementedError

    def run(self, body: list[ast.stmt], env: Env) -> None:
        """Run the statements of a function."""
        raise NotImplementedError


def _reworked(text: str, name: str, arguments: Arguments) -> str | None:
    """Return what a method of a known text or path gives, if that is known, too."""
    given = [text_of(value) for value in arguments.positional]
    if name not in _TEXT_METHODS or None in given or arguments.keywords or arguments.spread:
        return None
    try:
        return _TEXT_METHODS[name](text, *given)
    except (TypeError, ValueError):  # as it is when the program runs
        return None


def is_drawing(obj: Obj) -> bool:
    """Return whether an object is a figure, or in one."""
    return obj.kind.startswith("matplotlib.")


def _is_stream(obj: Obj) -> bool:
    return obj.kind == "file" or (obj.kind != "unknown" and is_used_up(obj.kind))


def is_plain(obj: Obj) -> bool:
    """Return whether the object is a container of Python's own."""
    return obj.kind in CONTAINERS


_PURE_OF_ATOMS = frozenset(
    """startswith endswith find rfind count index replace translate zfill ljust rjust center
    removeprefix removesuffix strftime isoformat lstrip rstrip title match isdigit isalpha
    with_suffix with_name relative_to is_integer as_integer_ratio to_bytes hex""".split()
)
