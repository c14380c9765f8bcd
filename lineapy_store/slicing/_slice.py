"""From a program's text to the text of a slice of it."""

from __future__ import annotations

import contextlib
import functools
import sys
from typing import TYPE_CHECKING, Any

from lineapy_store.slicing._analysis import Analysis
from lineapy_store.slicing._library import Library
from lineapy_store.slicing._program import Program, parse
from lineapy_store.slicing._render import render, share_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    analysis = _analysed(source, tuple((facts or {}).get("types", {}).items()))
    with _deep_recursion():
        kept = _needed(analysis, target)
    return render(source, analysis.program, kept, dropped_as_comment=include_non_slice_as_comment)


@contextlib.contextmanager
def _deep_recursion() -> Iterator[None]:
    """Let calls go as deep as those of a program that is nested deep, within Python's own stack."""
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, 20_000))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


# One, since the artifacts of a session are often asked for one after the other.
@functools.lru_cache(maxsize=1)
def _analysed(source: str, types: tuple[tuple[str, str], ...]) -> Analysis:
    program = Program(parse(source))
    # Without a seed, random numbers differ from run to run, whatever is drawn before.
    seeds = any(word in source for word in ("seed", "set_state", "setstate"))
    analysis = Analysis(program, _LIBRARY, dict(types), seeds=seeds)
    with _deep_recursion():
        analysis.run(program.tree.body, analysis.module)
    for one, other in share_lines(program):
        analysis.deps[one].add(other)
        analysis.deps[other].add(one)
    return analysis


def _needed(analysis: Analysis, target: str | None) -> set[int]:
    wanted = analysis.together(())
    with analysis.within(wanted):
        if target is not None:
            analysis.read(analysis.read_name(target, analysis.module))
    found = {wanted} | analysis.always
    todo = list(found)
    while todo:
        for number in analysis.deps[todo.pop()]:
            if number not in found:
                found.add(number)
                todo.append(number)
    return {number for number in found if number < len(analysis.program.statements)}
