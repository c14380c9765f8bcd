"""What is known about functions and classes of libraries: read from small tables, one for each.

A table is an INI file. A section is a module or a class, by its public name. The names in it, and
patterns of them, say what calling does:

- ``returns KIND = names``: ``atom`` (what cannot be changed), ``constant`` (the name itself is
  one), ``value:CLASS`` (the name itself is an object that shares nothing), ``part:CLASS`` (it is
  one that the whole has, or was given), ``new`` (an object that shares nothing), ``self``, ``view``
  (something that may share memory with the receiver or arguments), ``items`` (something that was in
  them), ``holder`` (an object that holds its arguments), ``copy`` (one that holds what is in them,
  where they are tables or containers), ``clone`` (of a model, one that was made alike), ``cells``
  (what is in a cell of it, where these are objects), ``first`` (the first argument), or ``any``,
  which may be any of it. ``new:CLASS``, ``view:CLASS``, ``holder:CLASS`` and ``copy:CLASS`` say of
  which class. ``iterator:CLASS`` is an iterator over objects of a class that uses up what it is
  given, and ``reader:CLASS`` another object that does so. An attribute is a ``wrapper:CLASS`` that
  holds what it is of. ``KIND?KEYWORD``, as below: what is returned there.
- ``changes WHAT = names``: ``nothing``, ``self`` with all that it holds, ``itself`` without that,
  ``held``, what it holds, modules too, ``fitted``, what it has learned, of which nothing is left
  that was before, ``steps``, what it and those in it have learned, ``module``, ``module:NAME`` for
  what another one has drawn, ``options`` of the module, each named by a keyword or by a text before
  its value, ``arguments``, or the positions and names of the arguments that are changed.
  ``WHAT?KEYWORD``: only where that is given, and is not off; ``WHAT?!KEYWORD``: where it is given
  and is off; ``WHAT?1:KEYWORD``: where it can also be given by position. ``arguments?!KEYWORD``
  also says so of an object that the call makes, whose methods change what they are given, then.
- ``sees made = names``: of models it only looks at how they were made, not at what they learned.
- ``calls nothing = names``: functions in what it is given are not called. ``calls first``: all that
  it does is to call the first argument, with the receiver and the other arguments. ``calls CLASS``,
  or several: what it makes itself for functions that it calls is of these. ``calls .METHOD``, or
  several, of what a class has from this one: it calls these methods in turn, the first with all
  that it is given and the others with the first argument, and returns what the last returns.
- ``takes data = names``: methods of what can be fitted, and of the program's own classes of that
  kind, that the library calls with no such object.
- ``draws STATE = names``, ``seeds STATE = names``, ``uses STATE = names``: a hidden state that is
  used and moved on, set anew, or only read. ``draws models``: what models draw that are fitted.
- ``reads WHERE = names``, ``writes WHERE = names``: a file, named by that argument;
  ``0:path:.`` if that is not given, by this one.
- ``else``: the words for every name that is not listed, such as ``returns new, changes nothing``.
- ``like``: another section to look into.
"""

from __future__ import annotations

import configparser
import fnmatch
import functools
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable

_VERBS = tuple("returns changes sees calls takes draws seeds uses reads writes".split())
_FOLDER = Path(__file__).parent / "libraries"

_ATOMS = frozenset(
    """builtins.int builtins.float builtins.complex builtins.bool builtins.str builtins.bytes
    builtins.NoneType builtins.range builtins.type builtins.ellipsis datetime.datetime
    datetime.date datetime.time datetime.timedelta datetime.timezone decimal.Decimal
    fractions.Fraction pathlib.PosixPath pathlib.WindowsPath pathlib.PurePosixPath uuid.UUID
    re.Pattern re.Match numpy.int64 numpy.int32 numpy.float64 numpy.float32 numpy.bool
    numpy.bool_ numpy.str_ pandas._libs.tslibs.timestamps.Timestamp
    pandas._libs.tslibs.timedeltas.Timedelta""".split()
)
# Of which it says nothing what they are: what is in them is of any class.
_BAGS = frozenset({"sklearn.utils._bunch.Bunch", "types.SimpleNamespace"})
_BUILTIN_KINDS = frozenset("list dict set tuple frozenset".split())


@dataclass(frozen=True)
class Facts:
    """What calling something does.

    Attributes:
        returns: See the module's description.
        returns_where: What it returns where a condition holds.
        changes: What is changed, likewise.
        sees: All of what it is given, or only how models were ``made``.
        calls: Whether it may call functions in what it is given.
        hands_on: Whether it does nothing else than to call its first argument.
        passes: Of which classes the objects are that it makes for functions; unknown if none.
        methods: The methods of its receiver that it calls.
        takes_data: Whether, as a method of a class of the program, it is given no estimators.
        draws: Hidden states that are used and moved on.
        seeds: Hidden states that are set anew.
        uses: Hidden states that are read.
        reads: Arguments that name a file that is read.
        writes: Arguments that name a file that is written.
        known: Whether a table says any of it.
    """

    returns: str = "any"
    returns_where: tuple[tuple[str, str], ...] = ()
    changes: frozenset[str] = frozenset(("arguments", "self"))
    sees: str = ""
    calls: bool = True
    hands_on: bool = False
    passes: tuple[str, ...] = ()
    methods: tuple[str, ...] = ()
    takes_data: bool = False
    draws: frozenset[str] = frozenset()
    seeds: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    reads: frozenset[str] = frozenset()
    writes: frozenset[str] = frozenset()
    known: bool = False

    def told(self, words: str) -> Facts:
        """Return these facts with one more: ``"returns new"``."""
        verb, _, what = words.strip().partition(" ")
        if verb == "returns":
            kind, _, condition = what.partition("?")
            if condition:
                where = (*self.returns_where, (kind, condition))
                return replace(self, returns_where=where, known=True)
            return replace(self, returns=what, known=True)
        if verb == "sees":
            return replace(self, sees=what, known=True)
        if verb == "calls":
            if what in ("nothing", "first"):
                return replace(self, calls=what == "first", hands_on=what == "first", known=True)
            names = tuple(what.split())
            if what.startswith("."):
                return replace(self, methods=tuple(name[1:] for name in names), known=True)
            return replace(self, calls=True, passes=names, known=True)
        if verb == "takes":
            return replace(self, takes_data=what == "data")
        given = frozenset(what.split())
        if verb == "changes":
            return replace(self, changes=given - {"nothing"}, known=True)
        before = frozenset() if "nothing" in given else getattr(self, verb)
        changed: dict[str, Any] = {verb: before | given - {"nothing"}}
        return replace(self, known=True, **changed)


#: A function of which nothing is known may draw random numbers, too.
UNKNOWN = Facts(draws=frozenset(("random", "numpy.random")))
_NOTHING_SAID = Facts()


@dataclass
class _Section:
    exact: dict[str, list[str]] = field(default_factory=dict)
    patterns: list[tuple[str, str]] = field(default_factory=list)
    otherwise: list[str] = field(default_factory=list)
    like: list[str] = field(default_factory=list)


class Library:
    """The tables of the package and those of the user's own file.

    Args:
        more: Paths and texts of further tables, which count before the package's.

    Raises:
        ConfigurationError: One of them is no such table.
    """

    def __init__(self, more: Iterable[tuple[str, str]] = ()) -> None:
        self._more = [_parsed(path, text) for path, text in more]
        self._found: dict[str, Facts] = {}

    def about(self, name: str) -> Facts:
        """Return what calling a function, a class, or a method of a class does.

        Args:
            name: Qualified, such as ``pandas.DataFrame.sort_values``.
        """
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._look_up(name)
        return found

    def knows(self, name: str) -> bool:
        """Return whether there is a section of that name: a module or a class."""
        return any(name in table for table in self._tables(name))

    def lists(self, name: str) -> bool:
        """Return whether a table has more to say of a method than its section does of any."""
        section, _, short = name.rpartition(".")
        tables = self._tables(name)
        entries = [table[section] for table in tables if section in table]
        return any(
            short in entry.exact
            or any(fnmatch.fnmatchcase(short, pattern) for pattern, _ in entry.patterns)
            or any(self.lists(f"{other}.{short}") for other in entry.like)
            for entry in entries
        )

    def _tables(self, name: str) -> list[dict[str, _Section]]:
        return [*self._more, _shipped(name.partition(".")[0])]

    def _look_up(self, name: str) -> Facts:
        tables = self._tables(name)
        section = name
        while "." in section:
            section = section.rpartition(".")[0]
            rest = name[len(section) + 1 :]
            for table in tables:
                if section in table:
                    words = self._words(tables, section, rest)
                    if words is not None:
                        return functools.reduce(Facts.told, words, _NOTHING_SAID)
        return UNKNOWN

    def _words(
        self, tables: list[dict[str, _Section]], section: str, name: str
    ) -> list[str] | None:
        entries = [table[section] for table in tables if section in table]
        inherited: list[str] | None = None
        for entry in entries:
            for other in entry.like:
                inherited = inherited or self._words(tables, other, name)
        for entry in entries:
            words = [word for pattern, word in entry.patterns if fnmatch.fnmatchcase(name, pattern)]
            words += entry.exact.get(name, ())
            if words:
                return [*(inherited or ()), *entry.otherwise, *words]
        if inherited is not None:
            return inherited
        return next((entry.otherwise for entry in entries if entry.otherwise), None)

    def is_atom(self, kind: str) -> bool:
        """Return whether objects of a class, by its qualified name, cannot be changed."""
        return kind in _ATOMS or kind.startswith("numpy.dtypes.")

    def canonical(self, kind: str) -> str | None:
        """Return the name under which the tables know a class; None if they do not."""
        module, _, name = kind.rpartition(".")
        if kind in _BAGS:
            return None
        if module == "builtins":
            return name if name in _BUILTIN_KINDS else None
        while module:
            if self.knows(f"{module}.{name}"):
                return f"{module}.{name}"
            module = module.rpartition(".")[0]
        top = kind.partition(".")[0]
        return f"{top}.*" if self.knows(f"{top}.*") else None


@functools.cache
def _shipped(library: str) -> dict[str, _Section]:
    path = _FOLDER / f"{library}.ini"
    # A name from a program; nothing outside the folder is looked at.
    if library.isidentifier() and path.is_file():
        return _parsed(str(path), path.read_text(encoding="utf-8"))
    if library != "*" and library not in _standard():  # methods of whatever it is are there, too
        return {}
    path = _FOLDER / "stdlib.ini"
    return _parsed(str(path), path.read_text(encoding="utf-8"))


@functools.cache
def _standard() -> frozenset[str]:
    import sys  # noqa: PLC0415 - once

    return frozenset(sys.stdlib_module_names)


@functools.cache
def _parsed(path: str, text: str) -> dict[str, _Section]:
    parser = configparser.ConfigParser(
        delimiters=("=",), interpolation=None, strict=True, default_section=""
    )
    # Names have their case.
    setattr(parser, "optionxform", str)  # noqa: B010 - it is a method to type checkers
    try:
        parser.read_string(text, path)
    except configparser.Error as error:
        raise ConfigurationError(f"A table of libraries cannot be read: {error}") from None
    sections: dict[str, _Section] = {}
    for title in parser.sections():
        section = sections[title] = _Section()
        for words, names in parser.items(title):
            if words == "else":
                section.otherwise = [word.strip() for word in names.split(",")]
                for word in section.otherwise:
                    _require_verb(word, path, title)
            elif words == "like":
                section.like = names.split()
            else:
                _require_verb(words, path, title)
                for name in names.split():
                    if "*" in name:
                        section.patterns.append((name, words))
                    else:
                        section.exact.setdefault(name, []).append(words)
    return sections


def _require_verb(words: str, path: str, section: str) -> None:
    verb, _, what = words.partition(" ")
    if verb not in _VERBS or not what:
        raise ConfigurationError(
            f"{path}, [{section}]: {words!r} says nothing of a call; it begins with one of "
            f"{', '.join(_VERBS)}, followed by what"
        )
