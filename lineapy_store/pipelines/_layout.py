"""Which statements of a session go into which function, and in which order the functions run.

The statements that make a session's artifacts are sorted by which of the artifacts need them: those
that one artifact alone needs are its function, and so are those that others need only because they
need that artifact; what else several need is a function of its own. This changes the order in which
statements run, so the new order is analysed like the old one. If a statement then needs others
than before, or what writes to one file does so in another order, the old order stays, cut where an
artifact is complete.
"""

from __future__ import annotations

import ast
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lineapy_store.errors import SliceError
from lineapy_store.pipelines._units import (
    assigned,
    binders_of,
    is_constant,
    is_definition,
    is_import,
    literal_of,
    only_imports,
    shown,
    units_of,
    why_not_literal,
)
from lineapy_store.slicing._program import Program, parse, walk
from lineapy_store.slicing._render import lines_of, render
from lineapy_store.slicing._slice import analysed, needed, require_bound

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from lineapy_store.pipelines._units import Unit
    from lineapy_store.slicing._analysis import Analysis


@dataclass(frozen=True, kw_only=True)
class Target:
    """An artifact that a session makes.

    Attributes:
        name: The artifact's.
        marker: The variable that the program assigns what is saved to, where it is saved.
        is_effect: It is a side effect, and so has no value.
        is_loaded: It is read from the store instead of made.
        is_wanted: It is asked for, and not only read by others.
        loading: The line that reads it, if others come after it.
    """

    name: str
    marker: str
    is_effect: bool = False
    is_loaded: bool = False
    is_wanted: bool = True
    loading: str = ""


@dataclass(frozen=True, kw_only=True)
class Block:
    """The statements of one function.

    Attributes:
        target: The artifact that it makes, if it makes one.
        downstream: The artifacts that need it, in the order in which they are made.
        units: Its statements.
    """

    target: Target | None
    downstream: tuple[str, ...]
    units: list[Unit]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """A session as functions.

    Attributes:
        module: What stands at the top of the module: imports, and definitions that need nothing
            else.
        parameters: Assignments of what becomes a parameter, by its name.
        blocks: In the order in which they run.
        changed: Names of artifacts that later statements of the session change.
        literals: Variables that could be parameters.
        inputs: Variables that the session is given.
    """

    module: list[Unit]
    parameters: dict[str, Unit]
    blocks: list[Block]
    changed: frozenset[str]
    literals: frozenset[str]
    inputs: frozenset[str]


def lay_out(  # noqa: PLR0913 - what there is to say of a session
    source: str,
    targets: Sequence[Target],
    facts: Mapping[str, Any],
    *,
    parameters: Sequence[str] = (),
    inputs: Collection[str] = (),
    taken: Mapping[str, str] | None = None,
    dropped_as_comment: bool = False,
) -> Layout:
    """Sort the statements of a session into functions.

    Args:
        source: The session's program, with the markers of the targets in it.
        targets: What it makes.
        facts: What was seen of the live program, as ``slice_source`` takes it.
        parameters: Variables that become parameters; those that the session does not need are
            left alone.
        inputs: Variables that are given to the session, and that it does not set.
        taken: Names that the module's top has already, with the text that gives them.
        dropped_as_comment: Whether statements that nothing needs are there as comments.

    Raises:
        SliceError: The program cannot be parsed, or cannot stand in functions; the message says
            why.
    """
    text, targets, needs_of_effects = _union(source, targets, facts, as_comment=dropped_as_comment)
    units = units_of(text, dropped_as_comment=dropped_as_comment)
    binders = binders_of(units)
    given = _parameters(units, binders, parameters)
    markers = [target.marker for target in targets if not target.is_effect]
    base = _Graph(units, range(len(units)), facts, markers)
    owner = [index for index, unit in enumerate(units) for _ in unit.body]
    effects = {
        name: {owner[one] for one in found} - base.bare for name, found in needs_of_effects.items()
    }
    needs = {
        target.name: effects[target.name] if target.name in effects else base.made[target.marker]
        for target in targets
    }
    fixed = set(given.values())
    everything = _Hoisting(units, binders, base, fixed, inputs, taken or {}).found()
    imports = {index for index in everything if only_imports(units[index])}
    # With all imports before what else is at the module's top, or as the session had them.
    tops = (
        sorted(everything, key=lambda index: (index not in imports, index)),
        sorted(everything),
        sorted(imports),
    )
    obstacle = ""
    for top in dict.fromkeys(map(tuple, tops)):
        free = [index for index in range(len(units)) if index not in {*top} | fixed]
        ways = _by_need(free, targets, needs, units, base), _cut(free, targets, needs, units)
        for blocks in ways:
            order = [*top, *sorted(fixed)]
            order += [index for _, _, indices in blocks for index in indices]
            if len(order) != len(units):
                continue
            obstacle = base.obstacle(order)
            if not obstacle:
                return Layout(
                    module=[units[index] for index in top],
                    parameters={name: units[index] for name, index in given.items()},
                    blocks=[
                        Block(target=target, downstream=down, units=[units[i] for i in indices])
                        for target, down, indices in blocks
                    ],
                    literals=_literals(units, binders),
                    inputs=frozenset(inputs) & {n for unit in units for n in unit.names.read},
                    changed=frozenset(
                        target.name
                        for target in targets
                        if not target.is_effect
                        and base.read_later[target.marker] - needs[target.name]
                    ),
                )
    raise SliceError(
        f"The code of {_listed(targets)} cannot be cut into functions: its imports and parameters "
        f"depend on what runs before them, as {obstacle or 'its first statement'}. Have that at "
        "the top of the session, or not as a parameter."
    )


def only_needed(
    source: str,
    targets: Sequence[Target],
    facts: Mapping[str, Any],
    *,
    dropped_as_comment: bool = False,
) -> str:
    """Return a program without what no target needs, with their markers; see ``lay_out``."""
    return _union(source, targets, facts, as_comment=dropped_as_comment)[0]


def _union(
    source: str, targets: Sequence[Target], facts: Mapping[str, Any], *, as_comment: bool
) -> tuple[str, list[Target], dict[str, set[int]]]:
    """Return the program without what no target needs, the targets, and what effects need.

    What effects need are positions of statements at the top level of the new program.

    Raises:
        SliceError: It cannot be parsed, or needs a name that its text never binds, or changes what
            is loaded by way of something that is made.
    """
    program, analysis, needs = _needs(source, targets, facts)
    kept = set().union(*(needs[target.name] for target in targets if target.is_wanted))
    used = []
    for target in targets:
        if target.is_wanted or _reads(program, kept, target.marker, analysis.deps):
            kept |= needs[target.name]
            used.append(target)
    for target in targets:
        if target.loading:
            _require_alone(source, target, used, needs, facts)
    checked: set[int] = set()
    for target in used:
        require_bound(program, needs[target.name] - checked, facts, target.name)
        checked |= needs[target.name]
    tops = [
        position
        for position, statement in enumerate(program.tree.body)
        if program.numbers[id(statement)] in kept
    ]
    new_position = {position: index for index, position in enumerate(tops)}
    numbers = {program.numbers[id(one)]: index for index, one in enumerate(program.tree.body)}
    effects = {
        target.name: {
            new_position[numbers[number]] for number in needs[target.name] if number in numbers
        }
        for target in used
        if target.is_effect
    }
    text = render(source, program, kept, dropped_as_comment=as_comment)
    return text, used, effects


def _needs(
    source: str, targets: Sequence[Target], facts: Mapping[str, Any]
) -> tuple[Program, Analysis, dict[str, set[int]]]:
    """Return a program, its analysis, and the statements that each target needs."""
    program = Program(parse(source))
    nodes = {
        target.name: node
        for target in targets
        if (node := _assignment(program.tree, target.marker)) is not None
    }
    analysis = analysed(source, program, facts, nodes.values())
    needs: dict[str, set[int]] = {}
    for target in targets:
        node = nodes[target.name]
        found = needed(analysis, analysis.watched[id(node)])
        if not target.is_effect:
            number: int | None = program.numbers[id(node)]
            while number is not None:
                found.add(number)
                number = program.parents[number]
        needs[target.name] = found
    return program, analysis, needs


def _require_alone(
    source: str,
    loaded: Target,
    targets: Sequence[Target],
    needs: Mapping[str, set[int]],
    facts: Mapping[str, Any],
) -> None:
    """Refuse to load what has another name, too, by which it is changed or read later.

    Raises:
        SliceError: If it were made, an artifact would need a statement behind it that it does not
            need if it is loaded.
    """
    program, _, others = _needs(source.replace(loaded.loading, "pass"), targets, facts)
    line = lines_of(source[: source.index(loaded.loading)])
    for target in targets:
        for number in sorted(others[target.name] - needs[target.name]):
            statement = program.statements[number]
            if statement.lineno > len(line):
                shown = ast.unparse(statement).partition("\n")[0][:100]
                raise SliceError(
                    f"{loaded.name!r} cannot be reused: {shown!r} changes it after it was saved, "
                    f"or something that shares it, and {target.name!r} depends on that. Leave it "
                    "out of reuse_pre_computed_artifacts."
                )


def _reads(program: Program, kept: set[int], marker: str, deps: list[set[int]]) -> bool:
    """Return whether something that is kept needs what was loaded for a marker."""
    node = _assignment(program.tree, marker)
    return node is not None and bool(deps[program.numbers[id(node)]] & kept)


def _assignment(tree: ast.Module, name: str) -> ast.Assign | None:
    """Return the last statement that assigns a value to a name."""
    found = [
        node
        for node in walk(tree)
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
    ]
    return max(found, key=lambda node: node.lineno, default=None)


class _Graph:
    """What each unit needs, when units run in some order.

    Attributes:
        bare: The units that give a marker a variable. None needs them, not even one that needs all
            that was before.
        needs: For each unit, the others that it needs to have run.
        made: For each marker, all units that what it is given needs.
        read_later: The same for what the marker's variable holds when all has run.
    """

    def __init__(
        self,
        units: Sequence[Unit],
        order: Iterable[int],
        facts: Mapping[str, Any],
        markers: Sequence[str],
    ) -> None:
        self._units = units
        self._facts = facts
        self._markers = markers
        order = list(order)
        source = "".join(units[index].text for index in order)
        program = Program(parse(source))
        nodes = {marker: _assignment(program.tree, marker) for marker in markers}
        analysis = analysed(
            source, program, facts, [node for node in nodes.values() if node is not None]
        )
        tops = iter([index for index in order for _ in units[index].body])
        #: The unit that each statement is in.
        owner: list[int] = []
        for parent in program.parents:
            owner += [next(tops) if parent is None else owner[parent]]
        # What writes to a file does not need what wrote to it before, and yet comes after it.
        self._writers = [
            sorted({owner[number] for number in numbers if number < len(owner)})
            for numbers in analysis.marked.values()
        ]
        direct = functools.cache(lambda number: _direct(analysis.deps, number, len(owner)))
        self.needs: list[set[int]] = [set() for _ in units]
        for number, index in enumerate(owner):
            self.needs[index].update(owner[other] for other in direct(number))
        self.bare = {
            owner[number]
            for node in nodes.values()
            if node is not None and isinstance(node.value, ast.Name)
            if program.parents[number := program.numbers[id(node)]] is None
            and len(units[owner[number]].body) == 1
        }
        for index, needs in enumerate(self.needs):
            needs.discard(index)
            needs.difference_update(self.bare)
        self.made: dict[str, set[int]] = {}
        self.read_later: dict[str, set[int]] = {}
        for marker, node in nodes.items():
            later = analysis.together(())
            with analysis.within(later):
                analysis.read(analysis.read_name(marker, analysis.module))
            at_once = analysis.watched[id(node)]
            for found, wanted in ((self.made, at_once), (self.read_later, later)):
                found[marker] = {owner[number] for number in needed(analysis, wanted)}
                found[marker] -= self.bare
            self.made[marker].add(owner[program.numbers[id(node)]])

    def obstacle(self, order: Sequence[int]) -> str:
        """Return the statements that do something else if the units, by index, run in an order."""
        if list(order) == sorted(order):
            return ""
        position = {index: place for place, index in enumerate(order)}
        for together in (*self._writers, *self._binders()):
            places = [position[index] for index in together]
            if places != sorted(places):
                return self._shown(together)
        other = _Graph(self._units, order, self._facts, self._markers)
        for index, (ours, theirs) in enumerate(zip(self.needs, other.needs, strict=True)):
            if ours != theirs:
                return self._shown([index, *sorted(ours ^ theirs)])
        return "" if other.made == self.made else self._shown(order)

    def _shown(self, indices: Iterable[int]) -> str:
        lines = [self._units[index].body[0] for index in indices]
        return " and ".join(repr(ast.unparse(one).partition("\n")[0][:100]) for one in lines[:2])

    def _binders(self) -> Iterator[list[int]]:
        """Yield units of which the last that binds a name gives it to one that needs them all.

        Which units that one needs is no other question if an earlier one comes after a later: a
        loop that may not run, and what its variable is if it does not.
        """
        for index, needs in enumerate(self.needs):
            definitions = [other for other in needs if is_definition(self._units[other])]
            read = {name for one in (index, *definitions) for name in self._units[one].names.read}
            for name in read:
                binders = [one for one in sorted(needs) if name in self._units[one].names.bound]
                if len(binders) > 1:
                    yield binders


def _direct(deps: list[set[int]], number: int, size: int) -> frozenset[int]:
    """Return the statements that one needs, without numbers that stand for several."""
    found: set[int] = set()
    seen: set[int] = set()
    todo = [*deps[number]]
    while todo:
        one = todo.pop()
        if one < size:
            found.add(one)
        elif one not in seen:
            seen.add(one)
            todo += deps[one]
    return frozenset(found)


def _parameters(
    units: Sequence[Unit], binders: Mapping[str, list[int]], names: Sequence[str]
) -> dict[str, int]:
    """Return the units that give parameters their values.

    Raises:
        SliceError: A name has several values, or one that is not a literal.
    """
    found: dict[str, int] = {}
    for name in names:
        indices = binders.get(name, [])
        if not indices:
            continue
        if len(indices) > 1:
            places = "; ".join(shown(units[index], name) for index in indices)
            raise SliceError(
                f"{name!r} cannot be a parameter: it is given a value more than once: {places}. "
                "Rename one of them, or name another parameter."
            )
        literal = literal_of(units[indices[0]])
        if literal is None or literal[0] != name:
            raise SliceError(
                f"{name!r} cannot be a parameter: {why_not_literal(units[indices[0]], name)}: "
                f"{shown(units[indices[0]], name)}."
            )
        found[name] = indices[0]
    return found


def _literals(units: Sequence[Unit], binders: Mapping[str, list[int]]) -> frozenset[str]:
    """Return the variables that are given a value once, which is a literal."""
    found = (literal_of(unit) for unit in units)
    return frozenset(one[0] for one in found if one is not None and len(binders[one[0]]) == 1)


class _Hoisting:
    """Which units can stand at the top of a module: imports, definitions, and their constants."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that stands in the way of a unit
        self,
        units: Sequence[Unit],
        binders: Mapping[str, list[int]],
        graph: _Graph,
        fixed: set[int],
        inputs: Collection[str],
        taken: Mapping[str, str],
    ) -> None:
        self._units = units
        self._needs = graph.needs
        self._binders = binders
        self._found = {
            index
            for index, unit in enumerate(units)
            if index not in fixed
            and not unit.names.read & set(inputs)
            and (is_import(unit) or is_definition(unit) or is_constant(unit))
            and all(taken.get(name, unit.text) == unit.text for name in unit.names.bound)
        }

    def found(self) -> set[int]:
        """Return the largest set of units that need nothing outside of it."""
        found = self._found
        while bad := {index for index in found if not self._can_stay(index)}:
            found -= bad
        read = {
            name
            for index in found
            if not is_constant(self._units[index])
            for name in self._units[index].names.read
        }
        return {
            index
            for index in found
            if not is_constant(self._units[index]) or self._units[index].names.bound & read
        }

    def _can_stay(self, index: int) -> bool:
        unit = self._units[index]
        if not self._needs[index] <= self._found:
            return False
        if not is_import(unit) and any(len(self._binders[name]) > 1 for name in unit.names.bound):
            return False
        return all(
            set(self._binders.get(name, ())) <= self._found
            for name in unit.names.bound | unit.names.read
        )


_Cut = list[tuple["Target | None", tuple[str, ...], list[int]]]


def _by_need(
    free: Sequence[int],
    targets: Sequence[Target],
    needs: Mapping[str, set[int]],
    units: Sequence[Unit],
    graph: _Graph,
) -> _Cut:
    """Sort units by the artifacts that need them, and these groups by what they need."""
    groups: dict[tuple[str, ...], list[int]] = {}
    # Without the marker, which nothing else needs.
    own = {
        target.name: {
            index
            for index in needs[target.name] & set(free)
            if target.marker not in units[index].names.bound
        }
        for target in targets
    }
    #: Those that others can read, since a variable of the session has them.
    variables = {
        target.name
        for target in targets
        for unit in units
        if isinstance(getattr(assigned(unit, target.marker), "value", None), ast.Name)
    }
    within = {
        one: {target.name for target in targets if own[one] <= needs[target.name]}
        for one in variables
    }
    for index in free:
        users = [target for target in targets if index in needs[target.name]]
        first = next(
            (
                one
                for one in users
                if len(users) == 1
                or (one.name in variables and {other.name for other in users} <= within[one.name])
            ),
            None,
        )
        key = (first.name,) if first else tuple(target.name for target in users)
        groups.setdefault(key, []).append(index)
    for target in targets:
        groups.setdefault((target.name,), [])
    group_of = {index: key for key, indices in groups.items() for index in indices}
    before = {
        key: {
            group_of[need] for index in indices for need in graph.needs[index] if need in group_of
        }
        - {key}
        for key, indices in groups.items()
    }
    for target in targets:
        # An artifact that needs nothing of its own still comes after what it is.
        before[target.name,] |= {
            group_of[index] for index in needs[target.name] if index in group_of
        } - {(target.name,)}
    ordered: list[tuple[str, ...]] = []
    while len(ordered) < len(groups):
        ready = [key for key in groups if key not in ordered and before[key] <= set(ordered)]
        if not ready:
            return []
        ordered.append(min(ready, key=lambda key: (max(groups[key], default=-1), key)))
    by_name = {target.name: target for target in targets}
    return [
        (
            by_name[key[0]] if len(key) == 1 else None,
            tuple(target.name for target in targets if target.name in key),
            groups[key],
        )
        for key in ordered
    ]


def _cut(
    free: Sequence[int],
    targets: Sequence[Target],
    needs: Mapping[str, set[int]],
    units: Sequence[Unit],
) -> _Cut:
    """Cut units, in their order, where an artifact is complete."""
    ends = {}
    for target in targets:
        own = [index for index, unit in enumerate(units) if target.marker in unit.names.bound]
        ends[target.name] = max(own or needs[target.name] & set(free), default=-1)
    found: _Cut = []
    start = 0
    for target in sorted(targets, key=lambda one: ends[one.name]):
        part = [index for index in free if start <= index <= ends[target.name]]
        start = max(start, ends[target.name] + 1)
        found.append((target, (target.name,), part))
    return found


def _listed(targets: Iterable[Target]) -> str:
    return ", ".join(repr(target.name) for target in targets)
