"""Functions of the standard library that do more with objects than a table can say."""

from __future__ import annotations

import ast
import posixpath
import textwrap
from typing import TYPE_CHECKING

from lineapy_store.slicing._expressions import Arguments
from lineapy_store.slicing._heap import CLASS, NOTHING, Obj, Value, text_of
from lineapy_store.slicing._objects import EMPTY

if TYPE_CHECKING:
    from collections.abc import Callable

    from lineapy_store.slicing._builtins import Builtins


def _partial(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    if not arguments.positional:
        return None
    made = machine.new("partial", node, len(arguments.positional) - 1)
    made.hold(arguments.positional[0], "function")
    for position, value in enumerate(arguments.positional[1:]):
        made.hold(value, ("argument", position))
    for name, value in arguments.keywords.items():
        made.hold(value, ("keyword", name))
    made.hold(arguments.spread)
    return frozenset((made,))


def _reduce(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    if len(arguments.positional) < 2:  # noqa: PLR2004 - a function and something to reduce
        return None
    function, whole, *start = arguments.positional
    elements = machine.iterate(whole, node)
    machine.read(elements)
    result = elements.union(*start)
    for _ in range(2):
        result |= machine.call_value(function, Arguments([result, elements]), node)
    return result


def _same(_machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value | None:
    return arguments.all() or None


def _identity(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value:
    machine.look(arguments.all())
    return frozenset((machine.shared("identity", "identity"),))


def _cached(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    functions = [obj for obj in arguments.all() if obj.kind == "function"]
    for obj in functions:
        obj.fields["cached"] = {machine.shared("text", "cached")}
    return frozenset(functions) or _identity_that_caches(machine, node)


def _identity_that_caches(machine: Builtins, node: ast.AST) -> Value:
    return frozenset((machine.new("lib", node, "functools.cache"),))


def _cached_property(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    made = machine.new("property", node)
    made.hold(arguments.all(), "get")
    made.fields["cached"] = set()
    return frozenset((made,))


def _field(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    factory = arguments.get(None, "default_factory")
    if factory is None:
        return None
    made = machine.new("field", node)
    made.hold(factory, "factory")
    return frozenset((made,))


def _variable(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value:
    name = arguments.get(0, "key") or NOTHING
    machine.look_at_environ(name)
    return arguments.all() - name


def _copied(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    return frozenset(_copy_of(machine, obj, node, {}, deep=False) for obj in arguments.all())


def _copied_deeply(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    machine.read(arguments.all())
    copies: dict[Obj, Obj] = {}
    return frozenset(_copy_of(machine, obj, node, copies, deep=True) for obj in arguments.all())


def _copy_of(
    machine: Builtins, obj: Obj, node: ast.AST, copies: dict[Obj, Obj], *, deep: bool
) -> Obj:
    if obj.kind in ("function", "class", "module", "lib", "text", "builtin", "bound", "state"):
        return obj
    if obj is machine.anything:
        return obj
    if obj in copies:
        return copies[obj]
    machine.look((obj,))
    made = copies[obj] = machine.new(obj.kind, node, obj.about, tag=f"copy {id(obj)}")
    made.env = obj.env
    for key, value in obj.fields.items():
        if key == CLASS:
            made.fields[key] = value
        else:
            made.hold(
                (_copy_of(machine, v, node, copies, deep=deep) if deep else v for v in value), key
            )
    made.hold(_copy_of(machine, v, node, copies, deep=deep) if deep else v for v in obj.contents)
    if obj.kind == "instance":
        machine.look((machine.shared("module", "copyreg"),))
        name = "deepcopy" if deep else "copy"
        copied = machine.dunder(obj, name, Arguments(), node)
        if copied is not None and len(copied) == 1:
            return next(iter(copied))
        made.hold(copied or machine.rebuilt(obj, made, node))
    return made


def _defaultdict(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    rest = Arguments(arguments.positional[1:], arguments.keywords, arguments.spread)
    (made,) = machine.collected("defaultdict", rest, node)
    if arguments.positional:
        made.hold(arguments.positional[0], ("factory",))
    return frozenset((made,))


def _collector(kind: str) -> Callable[[Builtins, Arguments, ast.AST], Value | None]:
    def collect(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
        return machine.collected(kind, arguments, node)

    return collect


def _stream(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    """Make an iterator that gives what others give, and groups of it."""
    everything = arguments.all()
    group = machine.new("tuple", node, tag="group")

    def draw(made: Obj) -> None:
        elements = machine.elements(everything, node)
        for obj in elements:
            # ``chain.from_iterable`` and ``starmap`` go one step deeper.
            if obj.kind in ("list", "tuple", "set", "dict", "iterator"):
                elements |= frozenset(obj.held())
        group.hold(elements)
        made.hold(elements | machine.escape(everything, node) | {group})

    return machine.iterator(node, everything, draw)


def _repeated(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    repeated = arguments.get(0, "object") or arguments.spread

    def draw(made: Obj) -> None:
        made.hold(repeated)

    return machine.iterator(node, NOTHING, draw)


def _tee(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    everything = arguments.all()
    both = machine.new("tuple", node)
    for position in range(8):
        one = machine.iterator(
            node,
            everything,
            lambda made: made.hold(machine.elements(everything, node)),
            tag=f"tee {position}",
        )
        both.hold(one, position)
    return frozenset((both,))


def _table(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    """Make a table that may have no rows; of another one, the tables of libraries tell."""
    data = next(iter(getattr(node, "args", ())), None)
    for keyword in getattr(node, "keywords", ()):
        if keyword.arg in (None, "data"):
            data = keyword.value
    literals = (ast.Dict, ast.List, ast.Constant)
    if data is not None and not (isinstance(data, literals) and not _has_parts(data)):
        return None
    machine.read(arguments.all())
    made = machine.new("pandas.DataFrame", node, EMPTY)
    made.hold(arguments.all())
    return frozenset((made,))


def _has_parts(node: ast.expr) -> bool:
    return any(isinstance(child, ast.expr) for child in ast.iter_child_nodes(node))


def _connected(kind: str) -> Callable[[Builtins, Arguments, ast.AST], Value | None]:
    """Return what makes an object whose changes are those of a file."""

    def connect(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
        machine.read(arguments.all())
        return _of_file(machine, kind, arguments, node)

    return connect


def _of_file(machine: Builtins, kind: str, arguments: Arguments, node: ast.AST) -> Value:
    made = machine.new(kind, node)
    path = text_of(arguments.positional[0]) if arguments.positional else None
    if path != ":memory:":
        made.fields["reads"] = made.fields["writes"] = set(machine.text(path or ""))
        machine.read_file(path)
        machine.write_file(path)
    return frozenset((made,))


def _logger(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value:
    machine.read(arguments.all())
    return frozenset((machine.shared("logging.Logger", "logger"),))


def _configured(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value:
    logger = machine.shared("logging.Logger", "logger")
    machine.read(arguments.all())
    machine.change((logger,))
    logger.hold(arguments.all())
    if "filename" in arguments.keywords:
        name = text_of(arguments.keywords["filename"])
        logger.fields["writes"] = set(machine.text(name or ""))
    return NOTHING


def _recursion(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value:
    machine.read(arguments.all())
    machine.change((machine.shared("state", "recursion"),))
    return NOTHING


def _context(machine: Builtins, _arguments: Arguments, _node: ast.AST) -> Value:
    return frozenset((machine.shared("module", "decimal"),))


def _path_of(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    machine.dunders(arguments.all(), ("fspath",), node)
    return arguments.all() or None


def _path(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    machine.dunders(arguments.all(), ("fspath",), node)
    parts = [text_of(value) for value in arguments.positional]
    known = [part for part in parts if part is not None]
    machine.read(arguments.all())
    if len(known) < len(parts) or not parts or arguments.spread:
        return NOTHING if parts else machine.text(".")
    return machine.text(posixpath.join(*known))


def _dedented(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value | None:
    text = text_of(arguments.all())
    machine.read(arguments.all())
    return None if text is None else machine.text(textwrap.dedent(text))


def _chdir(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value:
    machine.read(arguments.all())
    machine.change((machine.shared("state", "working directory"),))
    return NOTHING


def _dataclass(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value | None:
    """Make a class a dataclass: it comes back itself, or what does so with one."""
    classes = frozenset(obj for obj in arguments.all() if obj.kind == "class")
    for obj in classes:
        machine.look_at(obj, "__annotations__")
    return classes or frozenset((machine.shared("identity", "identity"),))


def _accessor(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value | None:
    name = text_of(arguments.get(0, "name") or NOTHING)
    return None if name is None else frozenset((machine.shared("accessor", name),))


MAKERS: dict[str, Callable[[Builtins, Arguments, ast.AST], Value | None]] = {
    "functools.partial": _partial,
    "functools.reduce": _reduce,
    "functools.wraps": _identity,
    "functools.update_wrapper": _same,
    "functools.total_ordering": _same,
    "functools.lru_cache": _cached,
    "functools.cache": _cached,
    "functools.cached_property": _cached_property,
    "contextlib.contextmanager": _same,
    "contextlib.asynccontextmanager": _same,
    "abc.abstractmethod": _same,
    "typing.overload": _same,
    "typing.final": _same,
    "typing.override": _same,
    "typing.runtime_checkable": _same,
    "typing.no_type_check": _same,
    "enum.unique": _same,
    "dataclasses.dataclass": _dataclass,
    "dataclasses.field": _field,
    "atexit.register": _same,
    "copy.copy": _copied,
    "copy.deepcopy": _copied_deeply,
    "collections.defaultdict": _defaultdict,
    "collections.deque": _collector("deque"),
    "collections.Counter": _collector("Counter"),
    "collections.OrderedDict": _collector("OrderedDict"),
    "pathlib.Path": _path,
    "pathlib.PurePath": _path,
    "pathlib.PosixPath": _path,
    "os.getenv": _variable,
    "os.environ.get": _variable,
    "os.path.join": _path,
    "os.fspath": _path_of,
    "textwrap.dedent": _dedented,
    "os.chdir": _chdir,
    "itertools.tee": _tee,
    "itertools.repeat": _repeated,
    **{
        f"tqdm.{module}tqdm": _stream
        for module in ("", "std.", "auto.", "autonotebook.", "notebook.", "rich.", "gui.")
    },
    "numpy.memmap": _connected("numpy.ndarray"),
    "pandas.DataFrame": _table,
    **{
        f"pandas.api.extensions.register_{whose}_accessor": _accessor
        for whose in ("dataframe", "series", "index")
    },
    "sqlite3.connect": _connected("sqlite3.Connection"),
    "scipy.io.netcdf_file": _connected("unknown"),
    "h5py.File": _connected("unknown"),
    "netCDF4.Dataset": _connected("unknown"),
    "tables.open_file": _connected("unknown"),
    "logging.getLogger": _logger,
    "logging.basicConfig": _configured,
    "sys.setrecursionlimit": _recursion,
    "decimal.getcontext": _context,
    "decimal.localcontext": _context,
    "os.fchdir": _chdir,
    **{
        f"itertools.{name}": _stream
        for name in (
            "chain chain.from_iterable islice cycle count accumulate takewhile dropwhile "
            "filterfalse starmap groupby product permutations combinations pairwise batched "
            "zip_longest compress combinations_with_replacement"
        ).split()
    },
}
