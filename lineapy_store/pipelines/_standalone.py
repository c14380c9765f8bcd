"""Code that makes a value without the store, though it was made from other artifacts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lineapy_store.errors import ArtifactNotFoundError
from lineapy_store.pipelines._layout import only_needed
from lineapy_store.pipelines._module import Names, function_of, without_marker
from lineapy_store.pipelines._sessions import Request, ordered, programs_of
from lineapy_store.slicing._arguments import with_arguments
from lineapy_store.slicing._saves import identifier
from lineapy_store.slicing._slice import Slice

if TYPE_CHECKING:
    from lineapy_store.artifact import Artifact
    from lineapy_store.pipelines._layout import Target
    from lineapy_store.pipelines._sessions import Program
    from lineapy_store.store import Store


def standalone(store: Store, artifact: Artifact, *, dropped_as_comment: bool) -> Slice | None:
    """Return the code of an artifact and of those that it was made from, as one text.

    What another session made comes from a function that holds its statements.

    Args:
        store: Where they are.
        artifact: Whose code.
        dropped_as_comment: Whether other statements of its session are there as comments.

    Returns:
        None if one of them is not there any more, or is there in two versions.

    Raises:
        SliceError: The code of one of them cannot be had, or cannot stand in a function.
    """
    requests = _read_by(store, artifact)
    if requests is None:
        return None
    programs = ordered(programs_of(store, requests), {})
    homes = [one for one in programs if artifact.name in {each.name for each in one.targets}]
    used = {name for program in programs for name in program.inputs.values()}
    names = Names(taken=set())
    lines = [_made_by(program, used, names) for program in programs if program not in homes]
    (home,) = homes
    (target,) = (each for each in home.targets if each.name == artifact.name)
    variable = identifier(artifact.name)
    text, value = without_marker(
        _needed(home, [target], dropped_as_comment=dropped_as_comment), target.marker, variable
    )
    return Slice("".join([*lines, text]), value)


def _read_by(store: Store, artifact: Artifact) -> list[Request] | None:
    """Return an artifact and all that it was made from, directly or not."""
    catalog = store._catalog().id  # noqa: SLF001 - as the store's own
    found = {artifact.name: artifact}
    todo = [artifact]
    while todo:
        record = todo.pop()._record  # noqa: SLF001 - as above
        session = store._session(record)  # noqa: SLF001 - as above
        for read in session.reads:
            if read["catalog"] != catalog:
                continue
            known = found.get(read["name"])
            if known is not None and known.version != read["version"]:
                return None
            if known is None:
                try:
                    other = store.get(read["name"], read["version"])
                except ArtifactNotFoundError:
                    return None
                found[read["name"]] = other
                todo.append(other)
    return [
        Request(artifact=each, version=None, is_loaded=False, is_wanted=True)
        for each in found.values()
    ]


def _needed(program: Program, targets: list[Target], *, dropped_as_comment: bool = False) -> str:
    """Return what targets of a session need, with the arguments of its command that it reads."""
    source, facts = program.source, program.facts
    text = only_needed(source, targets, facts, dropped_as_comment=dropped_as_comment)
    return with_arguments(text, program.arguments, source, facts, targets[0].name)


def _made_by(program: Program, used: set[str], names: Names) -> str:
    """Return a function that does what a session did, and its call."""
    targets = [target for target in program.targets if target.name in used]
    if not targets:
        return ""
    return function_of(
        f"make_{'_and_'.join(identifier(target.name) for target in targets)}",
        _needed(program, targets),
        sorted(program.inputs),
        {target.marker: target.name for target in targets},
        names,
    )
