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
    from collections.abc import Callable, Iterable

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


def _mapped(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    """Map a file as an array: whoever maps it has the same."""
    machine.read(arguments.all())
    path = text_of(arguments.positional[0]) if arguments.positional else None
    if path is None:
        return _of_file(machine, "numpy.ndarray", arguments, node)
    made = machine.shared("numpy.ndarray", f"file {posixpath.normpath(path)}")
    made.fields["reads"] = set(machine.text(path))
    machine.read_file(path)
    given = arguments.keywords.get("mode", arguments.keywords.get("mmap_mode"))
    mode = "r+" if given is None else text_of(given)
    if mode not in ("r", "c"):
        made.fields["writes"] = made.fields["reads"]
    if mode not in ("r", "c", "r+"):
        machine.change((made,))
    return frozenset((made,))


def _mapped_if_told(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    return _mapped(machine, arguments, node) if arguments.is_given("mmap_mode", 1) else None


def _opener(kind: str = "file") -> Callable[[Builtins, Arguments, ast.AST], Value | None]:
    """Return what opens files as ``open`` does."""

    def opens(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
        return machine.opened(arguments.positional, arguments, node, kind)

    return opens


def _descriptor(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    """Return what a number of an open file stands for."""
    return machine.opened([*arguments.positional[:1], machine.text("r+")], arguments, node)


def _temporary(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    machine.read(arguments.all())
    file = machine.new("file", node)
    file.fields["writes"] = set(machine.text(""))
    return _pair(machine, node, (file,), NOTHING)


def _pipe(machine: Builtins, _arguments: Arguments, node: ast.AST) -> Value:
    ends = frozenset((machine.new("file", node),))
    return _pair(machine, node, ends, ends)


def _pair(machine: Builtins, node: ast.AST, *values: Iterable[Obj]) -> Value:
    made = machine.new("tuple", node)
    for position, value in enumerate(values):
        made.hold(value, position)
    return frozenset((made,))


def _bytes_of_file(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    """Map a file: to change what is returned is to change the file."""
    everything = arguments.all()
    machine.read(everything)
    made = machine.new("mmap.mmap", node)
    for uses in ("reads", "writes"):
        paths = NOTHING.union(*(obj.fields.get(uses, ()) for obj in everything))
        made.fields.setdefault(uses, set()).update(paths)
    return frozenset((made,))


def _lines_of_files(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    """Have what is printed go to the file whose lines are looped over."""
    path = text_of(arguments.get(0, "files") or NOTHING)
    if arguments.is_given("inplace", 1):
        printed = machine.opened([machine.text(path or ""), machine.text("r+")], arguments, node)
        system = machine.shared("module", "sys")
        machine.change((system,))
        system.hold(printed, "stdout")
    machine.read(arguments.all())
    machine.read_file(path)
    return frozenset((machine.new("iterator", node),))


def _logger(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value:
    machine.read(arguments.all())
    return frozenset((machine.shared("logging.Logger", "logger"),))


def _logged(name: str) -> Callable[[Builtins, Arguments, ast.AST], Value | None]:
    """Return what logs as the method of that name does."""

    def log(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
        logger = machine.shared("logging.Logger", "logger")
        return machine.call_attribute(frozenset((logger,)), name, arguments, node)

    return log


def _log_file(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    """Make a handler that writes to a file, after what is there."""
    mode = arguments.get(1, "mode") or machine.text("a")
    values = [arguments.get(0, "filename") or NOTHING, mode]
    return machine.opened(values, arguments, node, "logging.Handler")


def _captured(machine: Builtins, _arguments: Arguments, _node: ast.AST) -> Value:
    module = machine.shared("module", "warnings")
    machine.change((module,))
    module.hold((machine.shared("logging.Logger", "logger"),), "showwarning")
    return NOTHING


def _warned(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    """Call what the program has put in the place of what shows warnings."""
    shows = frozenset(machine.shared("module", "warnings").fields.get("showwarning", ()))
    loggers = frozenset(obj for obj in shows if obj.kind == "logging.Logger")
    if loggers:
        machine.call_attribute(loggers, "warning", arguments, node)
    machine.call_value(shows - loggers, arguments, node)
    return None


def _configured(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value:
    logger = machine.shared("logging.Logger", "logger")
    machine.read(arguments.all())
    machine.change((logger,))
    handlers = (arguments.get(None, name) or NOTHING for name in ("handlers", "stream"))
    logger.hold(arguments.spread.union(*handlers))
    if "filename" in arguments.keywords:
        name = text_of(arguments.keywords["filename"])
        logger.fields["writes"] = set(machine.text(name or ""))
    return NOTHING


def _recursion(machine: Builtins, arguments: Arguments, _node: ast.AST) -> Value:
    machine.read(arguments.all())
    state = machine.shared("state", "recursion")
    machine.change((state,))
    state.hold(arguments.all())  # what is called whenever a function is
    return NOTHING


def _at_exit(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value | None:
    module = machine.shared("module", "atexit")
    machine.change((module,))
    module.hold(_partial(machine, arguments, node) or NOTHING)
    return arguments.positional[0] if arguments.positional else None


def _exit(machine: Builtins, _arguments: Arguments, node: ast.AST) -> Value:
    module = machine.shared("module", "atexit")
    machine.look((module,))
    return machine.call_value(frozenset(module.contents), Arguments(), node)


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


_GENERATOR, _BITS = "numpy.random.Generator", "numpy.random.BitGenerator"


def _generator(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    """Make a generator of random numbers, which may move on one that it is given."""
    everything = arguments.all()
    machine.read(everything)
    made = machine.new(_GENERATOR, node)
    made.hold(obj for obj in everything if obj.kind in (_GENERATOR, _BITS))
    return frozenset((made,)).union(o for o in everything if _is_global_generator(o))


def _generator_or_same(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    same = frozenset(obj for obj in arguments.all() if obj.kind == _GENERATOR)
    return same | _generator(machine, arguments, node)


def _checked_generator(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    found = _generator_or_same(machine, arguments, node)
    if arguments.flags.get(0, arguments.flags.get("seed")) is not None:
        return found
    return found | _global_generator(machine, arguments, node)


def _global_generator(machine: Builtins, _arguments: Arguments, _node: ast.AST) -> Value:
    return frozenset((machine.shared("lib", "numpy.random.mtrand._rand"),))


def _is_global_generator(obj: Obj) -> bool:
    return obj.kind == "lib" and str(obj.about).startswith("numpy.random.mtrand")


def _patcher(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    """Make what replaces ``module.name``, given as a text, while it is active."""
    whole, _, name = (text_of(arguments.get(0, "target") or NOTHING) or "").rpartition(".")
    if whole in ("", "__main__"):
        machine.touch_everything()
    owner = machine.shared("lib" if "." in whole else "module", whole)
    machine.read(arguments.all())
    new = arguments.get(1, "new") or _mock(machine, arguments, node)
    return _replacing(machine, frozenset((owner,)), name, new, node)


def _patcher_of_object(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    machine.read(arguments.all())
    owners = arguments.get(0, "target") or NOTHING
    name = text_of(arguments.get(1, "attribute") or NOTHING)
    new = arguments.get(2, "new") or _mock(machine, arguments, node)
    return _replacing(machine, owners, name, new, node)


def _patcher_of_dict(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    owners = arguments.get(0, "in_dict") or NOTHING
    values = NOTHING.union(*(obj.held() for obj in machine.read(arguments.all()) or ()))
    for obj in owners:
        obj.hold(values - {obj})
    return _replacing(machine, owners, None, NOTHING, node)


def _mock(machine: Builtins, arguments: Arguments, node: ast.AST) -> Value:
    made = machine.new("unknown", node, tag="mock")
    made.hold(NOTHING.union(*arguments.keywords.values()))
    return frozenset((made,))


def _replacing(
    machine: Builtins, owners: Value, name: str | None, new: Value, node: ast.AST
) -> Value:
    made = machine.new("unittest.mock.patcher", node)
    made.hold(owners | new)
    if name:
        for obj in owners:
            before = machine.attribute(frozenset((obj,)), name, node)
            obj.hold(before | new, name)
    return frozenset((made,))


def _here(machine: Builtins, _arguments: Arguments, _node: ast.AST) -> Value:
    folder = machine.shared("state", "working directory")
    machine.look((folder,))
    return machine.text(".") if folder.last is None else NOTHING


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
    "unittest.mock.patch": _patcher,
    "unittest.mock.patch.object": _patcher_of_object,
    "unittest.mock.patch.dict": _patcher_of_dict,
    "atexit.register": _at_exit,
    "atexit._run_exitfuncs": _exit,
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
    "os.getcwd": _here,
    "pathlib.Path.cwd": _here,
    "itertools.tee": _tee,
    "itertools.repeat": _repeated,
    **{
        f"tqdm.{module}tqdm": _stream
        for module in ("", "std.", "auto.", "autonotebook.", "notebook.", "rich.", "gui.")
    },
    "numpy.random.default_rng": _generator_or_same,
    "numpy.random.Generator": _generator,
    "numpy.random.RandomState": _generator,
    "numpy.random.get_bit_generator": _global_generator,
    "sklearn.utils.check_random_state": _checked_generator,
    "sklearn.utils.validation.check_random_state": _checked_generator,
    "numpy.memmap": _mapped,
    "numpy.lib.format.open_memmap": _mapped,
    "numpy.load": _mapped_if_told,
    "pandas.DataFrame": _table,
    **{
        f"pandas.api.extensions.register_{whose}_accessor": _accessor
        for whose in ("dataframe", "series", "index")
    },
    **dict.fromkeys(
        """io.open codecs.open gzip.open gzip.GzipFile bz2.open bz2.BZ2File lzma.open
        lzma.LZMAFile""".split(),
        _opener(),
    ),
    "zipfile.ZipFile": _opener("zipfile.ZipFile"),
    "tarfile.open": _opener("tarfile.TarFile"),
    "tarfile.TarFile": _opener("tarfile.TarFile"),
    "os.open": _descriptor,
    "os.pipe": _pipe,
    "tempfile.mkstemp": _temporary,
    "mmap.mmap": _bytes_of_file,
    "fileinput.input": _lines_of_files,
    "fileinput.FileInput": _lines_of_files,
    **dict.fromkeys(
        "shelve.open dbm.open dbm.dumb.open dbm.gnu.open dbm.ndbm.open dbm.sqlite3.open".split(),
        _connected("unknown"),
    ),
    "sqlite3.connect": _connected("sqlite3.Connection"),
    "scipy.io.netcdf_file": _connected("unknown"),
    "h5py.File": _connected("unknown"),
    "netCDF4.Dataset": _connected("unknown"),
    "tables.open_file": _connected("unknown"),
    "logging.getLogger": _logger,
    **{
        f"logging.{name}": _logged(name)
        for name in "debug info warning warn error exception critical fatal log".split()
    },
    **dict.fromkeys(
        """logging.FileHandler logging.handlers.WatchedFileHandler
        logging.handlers.RotatingFileHandler logging.handlers.TimedRotatingFileHandler""".split(),
        _log_file,
    ),
    "logging.captureWarnings": _captured,
    "warnings.warn": _warned,
    "warnings.warn_explicit": _warned,
    "logging.basicConfig": _configured,
    "sys.setrecursionlimit": _recursion,
    "sys.setprofile": _recursion,
    "sys.settrace": _recursion,
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
