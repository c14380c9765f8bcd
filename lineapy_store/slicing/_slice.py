"""From a program's text to the text of a slice of it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from lineapy_store.slicing._analysis import Analysis
from lineapy_store.slicing._library import Library
from lineapy_store.slicing._program import Program, parse
from lineapy_store.slicing._render import render, share_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

_LIBRARY = Library()


def slice_source(
    source: str,
    *,
    target: str | None = None,
    facts: Mapping[str, Any] | None = None,
    include_non_slice_as_comment: bool = False,
) -> str:
    """Return the statements of a program that made a value.

    Args:
        source: The program.
        target: A global name, of which the value at the program's end is wanted.
        facts: What was seen of the live program: ``{"types": {name: qualified class name}}``.
        include_non_slice_as_comment: Whether the other lines become comments.

    Returns:
        The user's own lines. Run alone in a new interpreter, they make an equal value.

    Raises:
        SliceError: The program cannot be parsed.
    """
    program = Program(parse(source))
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        kept = _needed(program, source, target, facts or {})
    finally:
        sys.setrecursionlimit(limit)
    return render(source, program, kept, dropped_as_comment=include_non_slice_as_comment)


def _needed(
    program: Program, source: str, target: str | None, facts: Mapping[str, Any]
) -> set[int]:
    seeds = any(word in source for word in ("seed", "set_state", "setstate"))
    analysis = Analysis(program, _LIBRARY, facts.get("types"), seeds=seeds)
    analysis.run(program.tree.body, analysis.module)
    wanted = analysis.together(())
    with analysis.within(wanted):
        if target is not None:
            analysis.read(analysis.read_name(target, analysis.module))
    for one, other in share_lines(program):
        analysis.deps[one].add(other)
        analysis.deps[other].add(one)
    count = len(program.statements)
    found = {wanted}
    todo = [wanted, *analysis.always]
    while todo:
        for number in analysis.deps[todo.pop()]:
            if number not in found:
                found.add(number)
                todo.append(number)
    return {number for number in found | analysis.always if number < count}
