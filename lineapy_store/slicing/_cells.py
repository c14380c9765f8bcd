"""The cells of IPython and Jupyter: what was entered, in the order in which it ran."""

from __future__ import annotations

import ast
import contextlib
import linecache
import re
import sys
import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from lineapy_store.slicing._capture_places import is_module_level, position

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType, TracebackType

#: Cell magics whose body is Python that runs, once, in the user's namespace.
_PYTHON_BODY = re.compile(r"\s*%%(time|capture|prun)\b[^\n]*(\n|$)")
#: A line magic with the same property, as IPython writes it in Python.
_PYTHON_LINE = re.compile(
    r"(?m)^(?P<before>[^\n'\"#]*)get_ipython\(\)\.run_line_magic\('(?:time|prun)', (?P<text>.+)\)$"
)
_INNER = re.compile(r"<timed (exec|eval)>")


class Cell(NamedTuple):
    """A cell that ran, all of it or a part.

    Attributes:
        text: As it was entered.
        python: What ran for it: with magics as calls, or as the Python that they ran.
        count: Its execution count; None for one that IPython was told not to count.
        until: Line and column (None if unknown) in ``python`` of what failed; else None.
        name: The name of its code.
    """

    text: str
    python: str
    count: int | None
    until: tuple[int, int | None] | None
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
        cell._replace(until=_failures.get(cell.count or 0), name=names.get(cell.count or 0))
        for cell in cells
    ]
    outermost = _outermost(frame, current)
    text = "".join(linecache.getlines(outermost)) if outermost else ""
    if outermost and (not cells or text.strip() != parsed[len(cells)].strip()):
        # One that is not counted, as programs that drive a kernel run them.
        cells.append(Cell(text, _python(current, text, text), None, None, outermost))
    elif cells:
        cells[-1] = cells[-1]._replace(until=None, name=outermost or cells[-1].name)
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


_failures: dict[int, tuple[int, int | None]] = {}
_watched: weakref.WeakSet[Any] = weakref.WeakSet()


def watch() -> None:
    """Begins to note where cells fail; fine if that was begun before, or outside IPython.

    Of the cells before, IPython knows where the last one failed.
    """
    current = shell()
    if current is None or current in _watched:
        return
    _watched.add(current)
    error = getattr(sys, "last_value", None)
    if isinstance(error, BaseException):
        for frame, _, _ in _walk(error.__traceback__):
            number = _names(current).get(frame.f_code.co_filename)
            if number is not None and is_module_level(frame.f_code):
                _failures[number] = _place(current, error)
                break
    current.events.register("post_run_cell", _note)


def _note(result: Any) -> None:
    current = shell()
    error = result.error_before_exec or result.error_in_exec
    if error is None or current is None:
        return
    number = result.execution_count
    if not result.info.store_history:
        # Run by a magic, such as %%capture, which may keep the error to itself.
        number = len(current.history_manager.input_hist_raw) - 1
        if not _PYTHON_BODY.match(current.history_manager.input_hist_raw[number]):
            return
        line, column = _place(current, error)
        _failures.setdefault(number, (line + bool(line), column))
    elif result.error_before_exec is not None:
        _failures[number] = (0, None)
    else:
        _failures.setdefault(number, _place(current, error))


def _place(current: Any, error: BaseException) -> tuple[int, int | None]:
    """Returns the line and column in its cell at which an error came up; 0 for before it ran."""
    names = _names(current)
    lines: list[tuple[str, int]] = []
    column = None
    for frame, line, its_column in _walk(error.__traceback__):
        name = frame.f_code.co_filename
        if is_module_level(frame.f_code) and (name in names or _INNER.fullmatch(name)):
            lines.append((name, line))
            column = its_column if len(lines) == 1 else None
    if not lines:
        return 0, None
    return lines[-1][1] + _offset(lines), column


def _walk(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int, int | None]]:
    while traceback is not None:
        frame = traceback.tb_frame
        place = position(frame, traceback.tb_lasti)
        yield frame, traceback.tb_lineno, place[2]
        traceback = traceback.tb_next
