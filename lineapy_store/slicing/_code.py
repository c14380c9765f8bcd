"""From what was captured at a save to the code that made the value."""

from __future__ import annotations

import ast
import dataclasses
from typing import TYPE_CHECKING

from lineapy_store.errors import SliceError
from lineapy_store.slicing import _frames
from lineapy_store.slicing._arguments import with_arguments
from lineapy_store.slicing._program import Program, names_in_block, parse
from lineapy_store.slicing._render import edited, lines_of
from lineapy_store.slicing._saves import Place, identifier, pin_edits, without_saves
from lineapy_store.slicing._slice import Slice, Style, made_elsewhere, slice_at, slice_variable
from lineapy_store.slicing._stores import PACKAGES

if TYPE_CHECKING:
    from lineapy_store.slicing._capture_session import Session

# Fixtures that change modules, the environment and the like until the test ends.
_PATCHING = frozenset("monkeypatch mocker class_mocker module_mocker session_mocker".split())


def code_of(session: Session, name: str, style: Style) -> Slice:
    """Return the statements that made what was saved, with the arguments that they read.

    Args:
        session: As it was captured.
        name: The artifact's.
        style: How the slice is written.

    Raises:
        SliceError: Its code cannot be parsed, or is not in the program that ran, or what it read is
            not known.
    """
    found = _found(session, name, style)
    text = with_arguments(found.text, session.arguments, session.source, session.facts, name)
    return dataclasses.replace(found, text=text)


def _found(session: Session, name: str, style: Style) -> Slice:
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
    found: list[tuple[_frames.Program, Slice]] = []
    doubt = ""
    # Where the calls of ``get`` are is known for the text as it was.
    tree = parse(session.source)
    where_saved = session.frames[0]["end_lineno"], session.frames[0]["end_col_offset"]
    others = {place: pins for place, pins in style.saved.items() if place != where_saved}
    edits = [
        *pin_edits(session.source, tree, style.read),
        *pin_edits(session.source, tree, others, saves=True),
    ]
    source = edited(session.source, edits)
    style = Style(dropped_as_comment=style.dropped_as_comment)
    for program in _frames.programs(source, session, variable, name):
        try:
            found.append((program, slice_of(program, session)))
        except DoubtError as error:
            doubt = str(error)
    if found:
        program, plain = min(found, key=lambda one: len(one[1].text.splitlines()))
        return slice_of(program, session, style) if style.dropped_as_comment else plain
    raise SliceError(f"{name!r} was saved inside {where}, {doubt}.")


class DoubtError(Exception):
    """It is not known what a program makes; the message says why."""


def slice_of(program: _frames.Program, session: Session, style: Style | None = None) -> Slice:
    """Return the slice of a program that makes what was saved inside functions.

    Args:
        program: The program.
        session: As it was captured.
        style: How the slice is written.

    Raises:
        DoubtError: It may make something else.
        SliceError: It cannot be parsed.
    """
    text = without_saves(program.source)
    found = slice_variable(text, program.name, session.facts, style)
    changed = {
        argument
        for argument, line in program.seen
        if argument in found.names
        and not _is_all(line, slice_variable(text, argument, session.facts).text)
    }
    if unknown := (program.unknown | changed) & {found.name, *found.names}:
        raise DoubtError(
            f"whose argument {min(unknown)!r} was made by what called it, and cannot be written "
            "as code"
        )
    read = names_in_block(parse(text).body).read
    if patching := program.unknown & _PATCHING & read:
        raise DoubtError(
            f"whose argument {min(patching)!r} may have changed what it found, which code without "
            "it would not"
        )
    if missing := made_elsewhere(Program(parse(text)), found.names, session.facts):
        raise DoubtError(f"which uses {min(missing)!r}, made by code that is not in the program")
    kept = {line.strip() for line in lines_of(found.text)}
    if unseen := [line for line in program.runs if line not in kept]:
        raise DoubtError(
            f"which is called by {unseen[0]!r} in a way that is not known. Save what it returns "
            "where it is called"
        )
    if program.beside is not None:
        other, function = program.beside
        slices = (
            slice_variable(without_saves(one), program.name, session.facts)
            for one in (program.source, other)
        )
        same = {ast.dump(parse(one.text)) for one in slices}  # but for lines between
        if function in found.names or len(same) > 1:
            raise DoubtError(
                "in another thread or process, and what it found in global variables cannot be "
                "told. Save what it returns where it is waited for"
            )
    return found


def _is_all(line: str, text: str) -> bool:
    """Return whether a line is all that is in a text, but for what all modules may begin with."""
    found = [
        ast.dump(one)
        for one in parse(text).body
        if not isinstance(one, ast.ImportFrom) or one.module != "__future__"
    ]
    return found == [ast.dump(one) for one in parse(line).body]


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
            if any(name.partition(".")[0] in PACKAGES for name in modules):
                return ast.unparse(statement)
    return ""
