"""A session that was captured, as one text with the place of the call in it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENDED = ("KeyboardInterrupt", "SystemExit", "GeneratorExit", "CancelledError")
_CELL_FLAGS = ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT


#: Versions of artifacts by their names, or aliases of versions; None where it was several.
Versions = Mapping[str, "int | str | None"]
#: By the last line and column of a call, or its first line and None if no columns are known.
Pins = Mapping["tuple[int, int | None]", Versions]


class Session(NamedTuple):
    """What `slice_source` needs of a capture.

    Attributes:
        source: All that ran, as one module.
        caller: The frame of the module's top level, as captured; None when a library called the
            function of the user's that is the last of ``frames``.
        frames: From the save outward, as captured, without the module's top level.
        texts: Of further files that frames are in, by digest.
        facts: As captured.
        reads: As captured, with lines of ``source`` where they are in it.
        saves: As captured, likewise.
        filename: Of the module or of the last cell.
        again: Lines at which the outermost frame was when the same statement saved later versions.
        reached: The line at which the module's top level was, if it was not what called.
        arguments: Of the command; None if they were not kept.
    """

    source: str
    caller: dict[str, Any] | None
    frames: list[dict[str, Any]]
    texts: dict[str, str]
    facts: dict[str, Any]
    reads: list[dict[str, Any]]
    saves: Sequence[dict[str, Any]] = ()
    filename: str = ""
    again: tuple[int, ...] = ()
    reached: int | None = None
    arguments: Sequence[str] | None = ()

    @property
    def call(self) -> tuple[int, int] | None:
        """First and last line of the call from the module's top level, if that is in ``source``."""
        if self.caller is None:
            return None
        return self.caller["lineno"], self.caller["end_lineno"] or self.caller["lineno"]

    @property
    def columns(self) -> tuple[int, int] | None:
        """First and last column of that call, if they are known."""
        columns = [(self.caller or {}).get(key) for key in ("col_offset", "end_col_offset")]
        return None if None in columns else (int(columns[0] or 0), int(columns[1] or 0))

    @property
    def read_at(self) -> Pins:
        """Which versions a call of ``get`` in ``source`` was given, by its place and by names."""
        return pins_of(self.reads)

    @property
    def saved_at(self) -> Pins:
        """Which versions a call of ``save`` in ``source`` has made, by its place and by names."""
        return pins_of(self.saves)


def pins_of(noted: Iterable[dict[str, Any]]) -> Pins:
    """Returns the versions of what was read or saved, by the places of the calls and by names."""
    found: dict[tuple[int, int | None], dict[str, int | str | None]] = {}
    for one in noted:
        if "part" in one:
            column = one["end_col_offset"]
            place = one["lineno"] if column is None else one["end_lineno"], column
            there = found.setdefault(place, {})
            name, version = one["name"], one["version"]
            there[name] = version if there.get(name, version) == version else None
    return found


def digests_of(document: str) -> set[str]:
    """Returns the digests of the texts that a document refers to."""
    data = json.loads(document)
    found = {
        each[key]
        for each in (*data["parts"], *data["frames"])
        for key in ("text", "python")
        if each.get(key)
    }
    noted = (*data["reads"], *data.get("saves", ()))
    return found | {each["text"] for each in noted if "text" in each}


def place_of(document: str) -> Any:
    """Returns where the call of ``save`` stands, and what called the functions that it is in."""
    data = json.loads(document)
    places = [data["call"], *data["frames"]]
    keys = ("part", "text", "filename", "lineno", "col_offset", "end_lineno", "end_col_offset")
    return [each and [each.get(key) for key in keys] for each in places]


def entered(document: str, texts: Mapping[str, str]) -> str:
    """Returns the session as the user has it: a file as it is, or cells with blank lines between.

    Args:
        document: As captured.
        texts: By digest, as captured.
    """
    parts = [texts[part["text"]] for part in json.loads(document)["parts"]]
    if len(parts) == 1:
        return parts[0]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def session_of(document: str, texts: Mapping[str, str], later: Sequence[str] = ()) -> Session:
    """Returns all that ran, as one module.

    Args:
        document: As captured.
        texts: By digest, as captured.
        later: Documents of later versions in the same session.
    """
    data = json.loads(document)
    parts = data["parts"]
    source = ""
    starts = []  # how many lines there are before each part
    for number, part in enumerate(parts):
        text = texts[part.get("python", part["text"])]
        text = _with_magics(text) if "python" in part else _absolute(text, data.get("package"))
        if len(parts) > 1:
            if number < len(parts) - 1:
                text = _what_ran(text, part.get("failure"))
            text = text.rstrip("\n") + "\n\n"
        starts.append(source.count("\n"))
        source += text
    if len(parts) > 1:
        source = source.rstrip("\n") + "\n"
    frames = data["frames"]
    again, reached = _again(document, later, starts), data.get("reached")
    saves = data.get("saves", [])  # which older versions did not keep
    for each in (*frames, *data["reads"], *saves):
        if "part" in each:
            for key in ("lineno", "end_lineno", "firstlineno"):
                if each.get(key) is not None:
                    each[key] += starts[each["part"]]
    return Session(
        source=source,
        caller=frames.pop() if data["call"] else None,
        frames=frames,
        texts={each["text"]: texts[each["text"]] for each in frames if "text" in each},
        facts=data["facts"],
        reads=data["reads"],
        saves=saves,
        filename=data["filename"],
        again=again,
        reached=reached["lineno"] + starts[reached["part"]] if reached else None,
        arguments=data.get("arguments", []),  # which older versions did not keep
    )


_MAGIC = re.compile(
    r"""^([ \t]*)get_ipython\(\)\.run_line_magic\('(cd|env|set_env)', (['"].*['"])\)[ \t]*$""",
    re.MULTILINE,
)


def _with_magics(text: str) -> str:
    """Returns a cell with what changes the working directory and the environment as statements."""

    def written(found: re.Match[str]) -> str:
        indent, magic, literal = found.groups()
        try:
            given = str(ast.literal_eval(literal)).strip()
        except (ValueError, SyntaxError):
            return found.group()
        if not given or given.startswith("-") or set("${") & set(given):
            return found.group()  # what it does depends on variables, or on what was before
        if magic == "cd":
            path = repr(given.strip("'\""))
            path = f"os.path.expanduser({path})" if given.startswith("~") else path
            return f"{indent}import os; os.chdir({path})"
        name, _, value = re.sub(r"^([^\s=]+)\s+", r"\1=", given).partition("=")
        if "=" not in given and " " not in given:
            return found.group()  # which only shows it
        return f"{indent}import os; os.environ[{name!r}] = {value!r}"

    return _MAGIC.sub(written, text)


_RELATIVE = re.compile(rb"(from\s+)(\.+)\s*([^\s.][^\s]*(?=\s+import\b))?")


def _absolute(text: str, package: str | None) -> str:
    """Returns a module of a package with the names of other modules whole."""
    if not package or not _RELATIVE.search(text.encode()):
        return text
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return text
    lines = text.split("\n")
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    for node in sorted(imports, key=lambda node: (node.lineno, node.col_offset), reverse=True):
        if 0 < node.level <= package.count(".") + 1:
            whole = package.rsplit(".", node.level - 1)[0]
            line = lines[node.lineno - 1].encode()
            found = _RELATIVE.match(line, node.col_offset)
            if found:
                name = ".".join(filter(None, (whole, node.module))).encode()
                rest = line[found.end() :]
                space = b"" if rest[:1].isspace() else b" "
                new = line[: found.start()] + found.group(1) + name + space + rest
                lines[node.lineno - 1] = new.decode()
    return "\n".join(lines)


def _again(document: str, later: Sequence[str], starts: Sequence[int]) -> tuple[int, ...]:
    """Returns where the outermost frame was when the same statement saved later versions."""
    found = []
    own = json.loads(document)["frames"][-1]
    for each in later:
        outermost = json.loads(each)["frames"][-1]
        is_same = all(own.get(key) == outermost.get(key) for key in ("name", "firstlineno"))
        part = outermost.get("part", 0)
        if is_same and part < len(starts) and place_of(each)[1] == place_of(document)[1]:
            found.append(outermost["lineno"] + starts[part])
    return tuple(found)


def _what_ran(text: str, failure: dict[str, Any] | None) -> str:
    """Returns the lines of a cell that ran, the ones that failed in a ``try`` of their own.

    They may have done something before they failed. What was interrupted is left out: it may be
    something that never ends.
    """
    try:
        tree: Any = compile(text, "<cell>", "exec", _CELL_FLAGS, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""  # nothing of it can have run
    if failure is None:
        return text
    spans = [_span(statement) for statement in tree.body]
    first = last = failure["line"]
    for _ in spans:  # as often as needed, for statements may share lines
        touched = [span for span in spans if span[0] <= last and span[1] >= first]
        first = min([first, *(span[0] for span in touched)])
        last = max([last, *(span[1] for span in touched)])
    lines = text.split("\n")
    ran = "\n".join(lines[: max(first - 1, 0)])
    several_lines = any(
        isinstance(each, (ast.Constant, ast.JoinedStr))
        and each.lineno != each.end_lineno
        and first <= each.lineno <= last
        for each in ast.walk(tree)
    )
    # Indenting would change a text that goes over several lines.
    if not first or failure["error"] in _ENDED or several_lines:
        return ran
    tried = "\n".join(f"    {line}" for line in lines[first - 1 : last])
    return f"{ran}\ntry:\n{tried}\nexcept Exception:\n    pass\n"


def _span(statement: Any) -> tuple[int, int]:
    """Returns the first and the last line of a statement."""
    decorators = [each.lineno for each in getattr(statement, "decorator_list", [])]
    return min([statement.lineno, *decorators]), statement.end_lineno
