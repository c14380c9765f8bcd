"""From what was captured at a save to the code that made the value."""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING

from lineapy_store.errors import SliceError
from lineapy_store.slicing import _frames
from lineapy_store.slicing._program import parse
from lineapy_store.slicing._render import edited
from lineapy_store.slicing._slice import (
    Place,
    Slice,
    Style,
    identifier,
    pin_edits,
    slice_at,
    slice_variable,
    without_saves,
)

if TYPE_CHECKING:
    from lineapy_store.slicing._capture_session import Session

_LIBRARY = ("lineapy_store", "lineapy")


def code_of(session: Session, name: str, style: Style) -> Slice:
    """Return the statements that made what was saved.

    Args:
        session: As it was captured.
        name: The artifact's.
        style: How the slice is written.

    Raises:
        SliceError: Its code cannot be parsed, or is not in the program that ran.
    """
    style = dataclasses.replace(style, read=session.read_at, saved=session.saved_at)
    if session.call is not None and not session.frames:
        place = Place(name=name, lines=session.call, columns=session.columns)
        return slice_at(session.source, place, session.facts, style)
    where = session.frames[0]["qualname"]
    if style.keeps_save:
        raise SliceError(
            f"{name!r} was saved inside {where}, where a slice that holds the save would save "
            "whenever the function is called. Leave keep_lineapy_save out."
        )
    variable = identifier(name)
    found: list[Slice] = []
    missing: set[str] = set()
    # Where the calls of ``get`` are is known for the text as it was.
    tree = parse(session.source)
    where_saved = session.frames[0]["end_lineno"], session.frames[0]["end_col_offset"]
    others = {place: pins for place, pins in style.saved.items() if place != where_saved}
    edits = [
        *pin_edits(session.source, tree, style.read),
        *pin_edits(session.source, tree, others, saves=True),
    ]
    source = edited(session.source, edits)
    style = dataclasses.replace(style, read={}, saved={})
    for program in _frames.programs(source, session.frames, session.call, variable, name):
        text = without_saves(program.source)
        one = slice_variable(text, program.name, session.facts, style)
        unknown = program.unknown & {one.name, *one.names}
        missing |= unknown
        if not unknown:
            found.append(one)
    if found:
        return min(found, key=lambda one: len(one.text.splitlines()))
    if missing:
        raise SliceError(
            f"{name!r} was saved inside {where}, whose argument {min(missing)!r} was made by "
            "what called it, and cannot be written as code."
        )
    raise SliceError(
        f"{name!r} was saved inside {where}, in a way that cannot be written as a program of its "
        "own. Save what it returns where it is called."
    )


def reads_of_library(text: str) -> str:
    """Return the first statement of a slice that needs the library; nothing if none does."""
    for statement in parse(text).body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module or ""]
            else:
                continue
            if any(name.partition(".")[0] in _LIBRARY for name in modules):
                return ast.unparse(statement)
    return ""
