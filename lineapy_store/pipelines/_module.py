"""The text of a module that makes artifacts: one function for each, and those that run them."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lineapy_store.errors import SliceError
from lineapy_store.pipelines._layout import Block
from lineapy_store.pipelines._units import BUILTINS, assigned, literal_of, units_of
from lineapy_store.slicing._frames import lines_inside_texts
from lineapy_store.slicing._program import SCOPES, names_in_block, parse, scope_of, walk
from lineapy_store.slicing._render import lines_of
from lineapy_store.slicing._saves import identifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from lineapy_store.pipelines._layout import Layout
    from lineapy_store.pipelines._units import Unit

_INDENT = "    "
_QUERY = re.compile(r"@(\w+)")


@dataclass(frozen=True, kw_only=True)
class Function:
    """One function of the module, that makes an artifact or what several artifacts need.

    Attributes:
        name: The function's.
        artifact: The artifact that it makes, if it makes one.
        parameters: What it is given.
        returns: What it returns; the artifact's value is the last of them if it makes one.
        text: Its definition.
        makes_value: The artifact is no side effect.
    """

    name: str
    artifact: str | None
    makes_value: bool
    parameters: list[str]
    returns: list[str]
    text: str


@dataclass(frozen=True, kw_only=True)
class SessionFunctions:
    """The functions of one session.

    Attributes:
        name: Of the function that runs them all.
        functions: In the order in which they run.
        inputs: Variables that it is given, which come before its parameters.
        parameters: Literals, by the parameter's name, in the order in which they were asked for.
        top: What the module needs at its top.
        shared: Variables of the module that its functions set.
        copied: Artifacts that have to be copied before the session goes on.
        wanted: Artifacts that are asked for.
    """

    name: str
    functions: list[Function]
    inputs: list[str]
    parameters: dict[str, ast.expr]
    top: list[str]
    shared: frozenset[str]
    copied: frozenset[str]
    wanted: list[str]


@dataclass(kw_only=True)
class Names:
    """The names that a module has already.

    Attributes:
        taken: All of them.
    """

    taken: set[str] = field(default_factory=set)

    def fresh(self, name: str) -> str:
        """Return a name like the given one that nothing has, and take it."""
        found, number = name, 1
        while found in self.taken or found in BUILTINS:
            number += 1
            found = f"{name}_{number}"
        self.taken.add(found)
        return found


def functions_of(layout: Layout, names: Names) -> SessionFunctions:
    """Write the functions of a session.

    Args:
        layout: The session's statements, sorted.
        names: Names that cannot be given to functions; those that are given are added.

    Raises:
        SliceError: A parameter is also set by a function of the session.
    """
    flow = _Flow(layout.blocks, {*layout.parameters, *layout.inputs})
    functions = [_function(flow, index, block, names) for index, block in enumerate(layout.blocks)]
    wanted = [
        block.target.name
        for block in layout.blocks
        if block.target is not None and block.target.is_wanted
    ]
    return SessionFunctions(
        name=names.fresh(f"run_session_including_{identifier(wanted[0])}"),
        functions=functions,
        inputs=sorted(layout.inputs),
        parameters={
            name: literal[1]
            for name, unit in layout.parameters.items()
            if (literal := literal_of(unit)) is not None
        },
        top=[unit.text for unit in layout.module],
        shared=frozenset(flow.shared),
        copied=layout.changed,
        wanted=wanted,
    )


class _Flow:
    """Which names go from function to function.

    Attributes:
        parameters: For each block, the names that it is given.
        returns: For each block, the names that later ones are given from it.
        shared: Names that are variables of the module, since functions of the session look them
            up when they are called, or since they may have no value.
    """

    def __init__(self, blocks: Sequence[Block], given: set[str]) -> None:
        self._blocks = blocks
        self._given = given
        self._bound = [_bound(block) for block in blocks]
        self._everything = given.union(*self._bound)
        self.shared = self._looked_up_later()
        while True:
            self.parameters: list[set[str]] = [set() for _ in self._blocks]
            self.returns: list[set[str]] = [set() for _ in self._blocks]
            unsure = self._pass_on()
            if not unsure:
                break
            self.shared |= unsure
        for name in self.shared & self._given:
            raise SliceError(
                f"{name!r} cannot be a parameter: functions of the session set it, or may find it "
                "without a value. Rename it where it is something else."
            )

    def _looked_up_later(self) -> set[str]:
        found: set[str] = set()
        for index, block in enumerate(self._blocks):
            later = set().union(*self._bound[index + 1 :])
            for unit in block.units:
                for node in unit.nodes:
                    if isinstance(node, ast.Global):
                        found.update(node.names)
                    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Del):
                        found.update({node.id} & BUILTINS)  # which have their value again then
                    elif isinstance(node, ast.ClassDef):
                        # The body of a class does not find a name of its own in a function around.
                        names = names_in_block(node.body)
                        found |= names.bound & names.read & self._everything
                    # What functions, classes and generators look up when they run.
                    if isinstance(node, SCOPES):
                        found |= later & scope_of(node).free
                    elif isinstance(node, ast.GeneratorExp):
                        found |= later & names_in_block([node]).read
        return found

    def _pass_on(self) -> set[str]:
        """Find parameters and returned names; return the names that may have no value."""
        changed = True
        unsure: set[str] = set()
        while changed:
            changed = False
            for index, block in enumerate(self._blocks):
                needs = _needs(block, self.returns[index]) - self.shared
                for name in sorted(needs):
                    provider = self._provider(name, index)
                    if provider is None and name not in self._given:
                        continue
                    if name not in self.parameters[index]:
                        self.parameters[index].add(name)
                        changed = True
                    if provider is not None and name not in self.returns[provider]:
                        self.returns[provider].add(name)
                        changed = True
        for index, block in enumerate(self._blocks):
            sure = _certain(block)
            unsure |= self.returns[index] - sure - self.parameters[index]
        return unsure

    def _provider(self, name: str, index: int) -> int | None:
        """Return the last block before another that gives a name a value."""
        return next((one for one in reversed(range(index)) if name in self._bound[one]), None)


def _bound(block: Block) -> set[str]:
    return {name for unit in block.units for name in unit.names.bound}


def _read(node: ast.AST) -> set[str]:
    """Return the names whose values a part of a program uses, also where only pandas sees that."""
    found = set(names_in_block([node]).read)
    for part in walk(node):
        if isinstance(part, ast.AugAssign) and isinstance(part.target, ast.Name):
            found.add(part.target.id)
        elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Del):
            found.add(part.id)
        elif isinstance(part, ast.Call) and getattr(part.func, "attr", "") in ("query", "eval"):
            for text in walk(part):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    found.update(_QUERY.findall(text.value))
    return found


def _needs(block: Block, returned: set[str]) -> set[str]:
    """Return the names that a block needs a value of before it runs, if they have one then."""
    sure: set[str] = set()
    found = _read_first([statement for unit in block.units for statement in unit.body], sure)
    value = _value_of(block)
    if value is not None:
        found |= {value} - sure
    return found | (returned - sure)


def _read_first(body: Sequence[ast.stmt], sure: set[str]) -> set[str]:
    """Return the names that statements may read before they give them a value.

    Args:
        body: The statements.
        sure: The names that have a value before them; those that have one after them are added.
    """
    found: set[str] = set()
    for statement in body:
        heads, parts = _parts_of(statement)
        inside = set(sure) if parts else sure
        for head in heads:
            found |= _read(head) - inside
            if parts:
                inside |= names_in_block([head]).bound
        for part in parts:
            found |= _read_first(part, set(inside))
        sure |= _certainly_bound([statement])
    return found


def _parts_of(statement: ast.stmt) -> tuple[list[ast.AST], list[list[ast.stmt]]]:
    """Return what of a statement always runs first, and the statements in it that may follow."""
    match statement:
        case ast.If(test=head) | ast.While(test=head):
            return [head], [statement.body, statement.orelse]
        case ast.For() | ast.AsyncFor() if not statement.orelse:
            return [statement.iter, statement.target], [statement.body]
        case ast.With() | ast.AsyncWith():
            return [*statement.items], [statement.body]
    return [statement], []


def _certain(block: Block) -> set[str]:
    """Return the names that surely have a value when a block has run."""
    return _certainly_bound([statement for unit in block.units for statement in unit.body])


def _certainly_bound(body: Sequence[ast.stmt]) -> set[str]:
    found: set[str] = set()
    for statement in body:
        if isinstance(statement, ast.If):
            found |= names_in_block([statement.test]).bound
            ways = [
                _certainly_bound(one)
                for one in (statement.body, statement.orelse)
                if not _leaves(one)
            ]
            found |= set.intersection(*ways) if ways else set()
        elif isinstance(statement, (ast.With, ast.AsyncWith)):
            found |= names_in_block(statement.items).bound | _certainly_bound(statement.body)
        elif isinstance(statement, (ast.For, ast.AsyncFor)):
            if _is_never_empty(statement.iter):
                found |= names_in_block([statement.target]).bound
                if not any(isinstance(n, (ast.Break, ast.Continue)) for n in ast.walk(statement)):
                    found |= _certainly_bound(statement.body)
        elif isinstance(statement, ast.Try):
            ways = [_certainly_bound([*statement.body, *statement.orelse])]
            ways += [
                _certainly_bound(one.body) for one in statement.handlers if not _leaves(one.body)
            ]
            found |= set.intersection(*ways) | _certainly_bound(statement.finalbody)
        elif isinstance(statement, ast.Delete):
            found -= names_in_block([statement]).bound
        elif not isinstance(statement, (ast.While, ast.Match)):
            found |= names_in_block([statement]).bound
    return found


def _leaves(body: Sequence[ast.stmt]) -> bool:
    return bool(body) and isinstance(body[-1], ast.Raise)


def _is_never_empty(value: ast.expr) -> bool:
    if isinstance(value, (ast.Tuple, ast.List)):
        return any(not isinstance(one, ast.Starred) for one in value.elts)
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name):
        last = value.args[0] if value.args else None
        if value.func.id == "range" and len(value.args) == 1 and isinstance(last, ast.Constant):
            return isinstance(last.value, int) and last.value > 0
        if value.func.id == "enumerate" and last is not None:
            return _is_never_empty(last)
    return False


def _marked(block: Block) -> tuple[Unit | None, ast.expr | None]:
    """Return the unit that assigns a block's artifact to its marker, and what it assigns."""
    target = block.target
    if target is None or target.is_effect:
        return None, None
    for unit in block.units:
        statement = assigned(unit, target.marker)
        if statement is not None:
            return unit, statement.value
    return None, None


def _value_of(block: Block) -> str | None:
    """Return the session's own variable that is a block's artifact, if one is."""
    unit, value = _marked(block)
    if unit is None or len(unit.body) != 1 or not isinstance(value, ast.Name):
        return None
    return value.id if unit is block.units[-1] else None


def _function(flow: _Flow, index: int, block: Block, names: Names) -> Function:
    target = block.target
    own = _value_of(block)
    value = own
    units = block.units
    text = "".join(unit.text for unit in units)
    if target is not None and not target.is_effect:
        if own is None:
            value = names.fresh(identifier(target.name))
            text = re.sub(rf"\b{target.marker}\b", value, text)
            if (found := f"{target.marker}_found") in text:
                text = text.replace(found, names.fresh(f"{value}_found"))
        else:
            text = "".join(unit.text for unit in units[:-1])
    parameters = sorted(flow.parameters[index])
    others = sorted(flow.returns[index] - {value})
    returns = [*others, *([value] if value else [])]
    if target is not None:
        name = names.fresh(f"get_{identifier(target.name)}")
        what = f"Return the artifact {target.name!r}."
        if target.is_effect:
            what = f"Do what the artifact {target.name!r} stands for."
        elif target.is_loaded:
            what = f"Read the artifact {target.name!r} from the store."
    else:
        shown = "_and_".join(others[:2]) or "state"
        first = identifier(block.downstream[0])
        name = names.fresh(f"get_{shown}_for_artifact_{first}_and_downstream")
        what = f"Return what the artifacts {listed(block.downstream)} have in common."
    return Function(
        name=name,
        artifact=target.name if target is not None else None,
        makes_value=value is not None,
        parameters=parameters,
        returns=returns,
        text=_definition(
            name,
            parameters,
            text,
            what=what,
            shared=flow.shared & _bound(block),
            returns=returns,
        ),
    )


def _definition(  # noqa: PLR0913 - the parts of a function
    name: str,
    parameters: Sequence[str],
    body: str,
    *,
    what: str,
    shared: Iterable[str],
    returns: Sequence[str],
) -> str:
    lines = [f"def {name}({', '.join(parameters)}):\n", f"{_INDENT}{_docstring(what)}\n"]
    if declared := ", ".join(sorted(shared)):
        lines.append(f"{_INDENT}global {declared}\n")
    lines += _indented(body)
    if returns:
        lines.append(f"{_INDENT}return {', '.join(returns)}\n")
    return "".join(lines)


def function_of(
    name: str, text: str, inputs: Sequence[str], saved: Mapping[str, str], names: Names
) -> str:
    """Return one function that does all that a session did, and its call.

    Args:
        name: What to call it, if nothing else is called so.
        text: What the session did.
        inputs: Variables that it needs.
        saved: Names of artifacts, by the markers that have their values in the text.
        names: Names that cannot be given to it.

    Raises:
        SliceError: The text cannot stand in a function.
    """
    block = Block(target=None, downstream=(), units=units_of(text))
    flow = _Flow([block], set(inputs))
    name = names.fresh(name)
    variables = [f"{identifier(each)}_as_saved" for each in saved.values()]
    returns = []
    for marker, variable in zip(saved, variables, strict=True):
        text, value = without_marker(text, marker, variable)
        returns.append(value)
    what = f"Return what was saved as {listed(list(saved.values()))}."
    shared = flow.shared & _bound(block)
    made = _definition(name, inputs, text, what=what, shared=shared, returns=returns)
    return f"{made}\n\n{', '.join(variables)} = {name}({', '.join(inputs)})\n\n"


def without_marker(text: str, marker: str, variable: str) -> tuple[str, str]:
    """Return a program that ends with what it gives to a marker, and the variable that has it.

    Args:
        text: The program.
        marker: What its last statement assigns to.
        variable: What to call it, unless it is a variable already.
    """
    last = ast.parse(text).body[-1]
    match last:
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=own)) if name == marker:
            return "".join(lines_of(text)[: last.lineno - 1]), own
    return text.replace(marker, variable), variable


def listed(names: Sequence[str]) -> str:
    """Return names as people list them: ``'a', 'b' and 'c'``."""
    return " and ".join(filter(None, [", ".join(map(repr, names[:-1])), repr(names[-1])]))


def _docstring(text: str) -> str:
    """Return a text as a docstring, or as a comment if it cannot be one."""
    if '"""' in text or "\\" in text or text.endswith('"'):
        return f"# {text}"
    return f'"""{text}"""'


def _indented(text: str) -> Iterator[str]:
    """Yield lines with indentation, but those that begin inside a text, where spaces matter."""
    fixed = lines_inside_texts(parse(text))
    for number, line in enumerate(lines_of(text), 1):
        end = line if line.endswith("\n") else line.rstrip("\r") + "\n"
        yield end if number in fixed or not line.strip() else f"{_INDENT}{end}"
