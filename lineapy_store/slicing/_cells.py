"""The cells of IPython and Jupyter: what was entered, in the order in which it ran."""

from __future__ import annotations

import ast
import contextlib
import linecache
import re
import sys
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from lineapy_store.slicing._capture_places import is_module_level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

#: Cell magics whose body is Python that runs, once, in the user's namespace.
_PYTHON_BODY = re.compile(r"\s*%%(time|capture|prun)\b[^\n]*(\n|$)")
#: A line magic with the same property, as IPython writes it in Python.
_PYTHON_LINE = re.compile(
    r"(?m)^(?P<before>[^\n'\"#]*)get_ipython\(\)\.run_line_magic\('(?:time|prun)', (?P<text>.+)\)$"
)
_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_INNER = re.compile(r"<timed (exec|eval)>")


class Failure(NamedTuple):
    """What kept a cell from running to its end.

    Attributes:
        line: Of the cell's ``python``; 0 if nothing of it ran.
        error: Name of the exception's class.
    """

    line: int
    error: str


class Cell(NamedTuple):
    """A cell that ran, all of it or a part.

    Attributes:
        text: As it was entered.
        python: What ran for it: with magics as calls, or as the Python that they ran.
        number: Its execution count; None for one that IPython was told not to count.
        failure: Where it failed, if it did.
        name: The name of its code.
    """

    text: str
    python: str
    number: int | None
    failure: Failure | None
    name: str | None


def shell() -> Any:
    """Returns IPython's shell, or None outside IPython."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if hasattr(module, "get_ipython") else None  # type: ignore[union-attr]  # it has one


def is_cell(frame: FrameType) -> bool:
    """Returns whether a frame's code is of a cell, or of a function that a cell defined."""
    current = shell()
    return current is not None and (
        frame.f_code.co_filename in _names(current)
        or _INNER.fullmatch(frame.f_code.co_filename) is not None
    )


def count() -> int | None:
    """Returns the execution count of the cell that runs, or None outside IPython."""
    current = shell()
    return None if current is None else len(current.history_manager.input_hist_raw) - 1


def _names(current: Any) -> dict[str, int]:
    # Private, and there since IPython 7: by the names of code, execution counts.
    return getattr(current.compile, "_filename_map", {})


def ran(frame: FrameType) -> list[Cell]:
    """Returns the cells that ran, up to the one whose top level a frame is, or is in."""
    current = shell()
    watch()
    raw = list(current.history_manager.input_hist_raw)
    parsed = list(current.history_manager.input_hist_parsed)
    names = {number: name for name, number in _names(current).items()}
    cells = [
        Cell(raw[number], _python(current, raw[number], parsed[number]), number, None, None)
        for number in range(1, min(len(raw), len(parsed)))
    ]
    cells = [
        cell._replace(failure=_failures.get(number), name=names.get(number))
        for number, cell in enumerate(cells, 1)
    ]
    outermost = _outermost(frame, current)
    text = "".join(linecache.getlines(outermost)) if outermost else ""
    if outermost and (not cells or text.strip() != parsed[len(cells)].strip()):
        # One that is not counted, as programs that drive a kernel run them.
        cells.append(Cell(text, _python(current, text, text), None, None, outermost))
    elif cells:
        cells[-1] = cells[-1]._replace(failure=None, name=outermost or cells[-1].name)
    return cells


def line_offset(frame: FrameType) -> int:
    """Returns how far below its own line numbers code is in the cell that it is a part of."""
    names = _names(shell())
    if not is_module_level(frame.f_code):
        return 0
    lines = []
    outer: FrameType | None = frame
    while outer is not None:
        name = outer.f_code.co_filename
        if is_module_level(outer.f_code) and (name in names or _INNER.fullmatch(name)):
            lines.append((name, outer.f_lineno))
        outer = outer.f_back
    return _offset(lines[::-1])


def _offset(lines: list[tuple[str, int]]) -> int:
    """Returns the offset of the last of some codes, each of which runs the next by a magic.

    Args:
        lines: The codes' names and the lines at which they are, the outermost first.
    """
    if len(lines) <= 1:
        return 0
    name, line = lines[0]
    by_body = linecache.getline(name, line).startswith("get_ipython().run_cell_magic(")
    return len(lines) - 1 if by_body else line - 1


def _outermost(frame: FrameType, current: Any) -> str | None:
    """Returns the name of the cell that runs: magics run others within it."""
    names = _names(current)
    found = None
    inner: FrameType | None = frame
    while inner is not None:
        if inner.f_code.co_filename in names and is_module_level(inner.f_code):
            found = inner.f_code.co_filename
        inner = inner.f_back
    return found


def _python(current: Any, raw: str, parsed: str) -> str:
    """Returns what ran for a cell, on the lines on which IPython says that it ran."""
    if match := _PYTHON_BODY.match(raw):
        body = raw[match.end() :]
        # Its lines are counted from the body's first one.
        return "\n" + _python(current, body, _transformed(current, body))
    return _PYTHON_LINE.sub(_line, parsed)


def _transformed(current: Any, text: str) -> str:
    try:
        return str(current.transform_cell(text))
    except SyntaxError:  # as when the cell ran
        return text


def _line(match: re.Match[str]) -> str:
    with contextlib.suppress(ValueError, SyntaxError):
        text = ast.literal_eval(match["text"])
        if isinstance(text, str) and "\n" not in text and text.strip():
            return match["before"] + text.strip()
    return match[0]


_failures: dict[int, Failure] = {}
_watched: weakref.WeakSet[Any] = weakref.WeakSet()


def watch() -> None:
    """Begins to note where cells fail; fine if that was begun before, or outside IPython."""
    current = shell()
    if current is None or current in _watched:
        return
    _watched.add(current)
    _note_earlier(current)
    current.events.register("post_run_cell", _note)


def _note_earlier(current: Any) -> None:
    """Notes what IPython remembers of cells that failed: what it showed, from version 9 on."""
    for number, stored in getattr(current.history_manager, "exceptions", {}).items():
        shown = _COLOUR.sub("", "\n".join(stored["traceback"]))
        if first := re.search(rf"In\s?\[{number}\], line (\d+)", shown):
            name = next((name for name, its in _names(current).items() if its == number), "")
            inner = [("", int(line)) for line in re.findall(r"<timed exec>:(\d+)", shown)]
            lines = [(name, int(first[1])), *inner]
            _failures[number] = Failure(lines[-1][1] + _offset(lines), stored["ename"])
    error = getattr(sys, "last_value", None)
    if isinstance(error, BaseException):
        for frame, _ in _walk(error.__traceback__):
            last = _names(current).get(frame.f_code.co_filename)
            if last is not None and is_module_level(frame.f_code):
                _failures[last] = _failure(current, error)
                return


def _note(result: Any) -> None:
    current = shell()
    error = result.error_before_exec or result.error_in_exec
    if error is None or current is None:
        return
    number = result.execution_count
    failure = Failure(0, "")
    if result.error_before_exec is None:
        failure = _failure(current, error)
    if not result.info.store_history:
        # Run by a magic, such as %%capture, which keeps the error to itself.
        number = len(current.history_manager.input_hist_raw) - 1
        if not _PYTHON_BODY.match(current.history_manager.input_hist_raw[number]):
            return
        failure = failure._replace(line=failure.line + bool(failure.line))
    _failures.setdefault(number, failure)


def _failure(current: Any, error: BaseException) -> Failure:
    """Returns where in its cell an error came up."""
    names = _names(current)
    lines: list[tuple[str, int]] = []
    for frame, line in _walk(error.__traceback__):
        name = frame.f_code.co_filename
        if is_module_level(frame.f_code) and (name in names or _INNER.fullmatch(name)):
            lines.append((name, line))
    last = lines[-1][1] + _offset(lines) if lines else 0
    return Failure(last, type(error).__name__)


def _walk(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
