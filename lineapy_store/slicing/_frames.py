"""Saves inside functions, as programs that make the value at their top level.

There are three ways to write such a program. The function's own statements may stand there, after
assignments of its arguments; or the function is called, and returns what it saved; or everything
runs as it did, and a global variable takes what was saved. The shorter slice is the better one.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeGuard

from lineapy_store.errors import SliceError
from lineapy_store.slicing._calls import saved_by
from lineapy_store.slicing._chain import (
    Link,
    call_that_ends,
    chain_of,
    is_called_once,
    is_only_defined,
    name_that_varies,
    statement_in,
)
from lineapy_store.slicing._program import (
    COMPREHENSIONS,
    SCOPES,
    Function,
    blocks_in,
    bound_by,
    in_expression_scope,
    in_loop,
    nodes_of,
    parse,
    scope_of,
    walk,
)
from lineapy_store.slicing._render import (
    REMOVED,
    Edit,
    edit_of,
    edited_lines,
    first_line,
    lines_of,
    operand,
    segment,
)
from lineapy_store.slicing._saves import is_side_effect, save_edits

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lineapy_store.slicing._capture_session import Session

_Function = ast.FunctionDef | ast.AsyncFunctionDef
# What a function's statements cannot have where they stand in no function.
_BOUND_TO_FUNCTIONS = (
    ast.Return,
    ast.Yield,
    ast.YieldFrom,
    ast.Await,
    ast.AsyncFor,
    ast.AsyncWith,
    ast.Global,
    ast.Nonlocal,
)
# What may do something that shows in what is evaluated after it.
_ACTS = (ast.Call, ast.Await, ast.Yield, ast.YieldFrom, ast.NamedExpr)
# Names that mean something else there.
_LOOKS_AROUND = frozenset(
    "super __class__ locals vars dir eval exec _getframe currentframe".split()
)
# Methods that may change an object before a method of it is run as a test.
_MAKERS = ("__init__", "__new__", "setup", "setup_method", "setup_class")


_KINDS_OF_METHODS = frozenset(["classmethod", "property", "staticmethod"])


@dataclass(frozen=True)
class Program:
    """A program that makes a value at its top level.

    Attributes:
        source: Its text.
        name: The variable that has the value at its end.
        unknown: Arguments of which nothing is known, and which have no value in the text.
        seen: Arguments that have the value in the text that they had at the save, by the lines
            that assign it: those that the program changes may have had another one before.
        shift: How many lines further down the statements of the function are than they were, if
            they stand at the top level.
        runs: Lines that have to be in a slice of it, since they called what saved.
        beside: If it ran in another thread or process, the text with one more statement before
            it, the one that the top level was at, and the function's name.
    """

    source: str
    name: str
    unknown: frozenset[str] = frozenset()
    seen: tuple[tuple[str, str], ...] = ()
    shift: int | None = None
    runs: tuple[str, ...] = ()
    beside: tuple[str, str] | None = None


def programs(source: str, session: Session, name: str, saved_as: str) -> Iterator[Program]:
    """Yield the programs that make what was saved inside functions.

    Args:
        source: The session's text, perhaps with other texts for parts of its lines.
        session: As it was captured.
        name: The variable to have the value.
        saved_as: The artifact's name.

    Raises:
        SliceError: There is none; the message says why.
    """
    innermost = session.frames[0]
    where = innermost["qualname"]
    if innermost["name"].startswith("<"):
        raise SliceError(
            f"{saved_as!r} was saved inside a comprehension or a lambda. Save it in a "
            "statement of its own, as in a loop."
        )
    tree = parse(source)
    chain = chain_of(source, tree, session)
    if chain[0].node is None:
        raise SliceError(
            f"{saved_as!r} was saved inside {where} of {innermost['filename']}, whose "
            "code is not in the program that ran. Save what it returns in the program, where it "
            f"is called: lineapy.save({innermost['name']}(...), {saved_as!r})."
        )
    saved = None if chain[0].call is None else saved_by(chain[0].call)
    if saved is not None and is_side_effect(saved, tree):
        raise SliceError(
            f"{saved_as!r} was saved inside {where}, where the code of what it did cannot be told "
            "from that of what it makes. Save it at the top level, where the function is called."
        )
    texts = [_Text(source, tree, session, chain, name, saved_as)]
    if session.caller is not None and not session.caller["direct"]:
        # What a library has called may be told by its arguments, as if it ran somewhere else.
        aside = session._replace(caller=None, reached=session.caller["lineno"])
        texts.insert(0, _Text(source, tree, aside, chain[:-1], name, saved_as))
    both = (program for text in texts for program in (text.flat(), text.calling()))
    found = [program for program in both if program is not None]
    yield from found
    if len(found) == 2:  # noqa: PLR2004 - both
        return
    refused: _RefusedError | None = None
    for text in texts:
        try:
            found.append(text.noting())
        except _RefusedError as error:
            refused = error
        else:
            yield found[-1]
    if not found:
        raise SliceError(
            f"{saved_as!r} was saved inside {where}, in a way that cannot be written as a "
            f"program of its own: {refused}. Save what it returns where it is called."
        )


@dataclass(frozen=True)
class _Arguments:
    """What a function was given.

    Attributes:
        before: The number of lines that ran before it.
        lines: Assignments.
        unknown: See ``Program``.
        seen: See ``Program``.
    """

    before: int
    lines: list[str] = field(default_factory=list)
    unknown: frozenset[str] = frozenset()
    seen: tuple[tuple[str, str], ...] = ()


class _RefusedError(Exception):
    """A program cannot be written; the message says why."""


def lines_inside_texts(tree: ast.AST) -> set[int]:
    """Return the lines that begin inside a text of several lines, where spaces matter."""
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and node.end_lineno
        for line in range(node.lineno + 1, node.end_lineno + 1)
    }


class _Text:
    """A program's lines, to be changed."""

    def __init__(  # noqa: PLR0913, PLR0917 - all that a save is
        self,
        source: str,
        tree: ast.Module,
        session: Session,
        chain: Sequence[Link],
        name: str,
        saved_as: str,
    ) -> None:
        self._source = source
        self._tree = tree
        self._session = session
        self._chain = chain
        self._name = name
        self._saved_as = saved_as
        self._lines = lines_of(source)
        self._fixed = lines_inside_texts(tree)
        nodes = nodes_of(tree)
        self._names = {each for node in nodes if (each := bound_by(node)) is not None}
        self._names |= {node.id for node in nodes if isinstance(node, ast.Name)}

    def _segment(self, node: ast.expr) -> str:
        return segment(self._source, node)

    def _indent(self, statement: ast.stmt) -> str:
        found = re.match(r"[ \t\f]*", self._lines[first_line(statement) - 1])
        return found.group() if found else ""

    def _has_own_lines(self, statement: ast.stmt) -> bool:
        """Return whether nothing else is on the lines of a statement."""
        last = statement.end_lineno or statement.lineno
        before = self._lines[first_line(statement) - 1].encode()[: statement.col_offset]
        after = self._lines[last - 1].encode()[statement.end_col_offset :].strip()
        return not before.strip() and (not after or after.startswith(b"#"))

    def calling(self) -> Program | None:
        """Return the program that calls the functions, of which each returns what was saved.

        Nothing but that one call may run them.
        """
        if self._session.caller is None:
            return None
        end = self._end_of_call
        edits: list[Edit] = []
        for link in self._chain:
            is_first, is_last = link is self._chain[0], link is self._chain[-1]
            if not is_last and not (
                is_called_once(self._tree, link, last=end)
                and isinstance(link.node, ast.FunctionDef)
                and not scope_of(link.node).is_generator
            ):
                return None
            if link.node is None or link.call is None or in_loop(link.node, link.call):
                return None
            statement = statement_in(link.node, link.call)
            returned = saved_by(link.call) if is_first else link.call
            if (
                statement is None
                or returned is None
                or _is_undone(link.node, statement)
                or _does_something_before(statement, link.call)
                or (is_last and not self._has_own_lines(statement))
            ):
                return None
            start = f"{self._name} =" if is_last else "return"
            edits.append(edit_of(statement, f"{start} {self._segment(returned)}"))
            edits += self._dropped_after(link.node, statement)
        return Program("".join(edited_lines(self._source, edits)[:end]), self._name)

    def _dropped_after(self, inside: ast.AST, statement: ast.stmt) -> Iterator[Edit]:
        """Yield what removes the statements that would follow one that leaves the function."""
        for block in blocks_in(inside):
            for number, one in enumerate(block):
                later = block[number + 1 :]
                if not later or statement not in walk(one):
                    continue
                last, end = later[-1].end_lineno or 0, later[-1].end_col_offset or 0
                if one.end_lineno == later[0].lineno:
                    yield one.end_lineno, one.end_col_offset or 0, last, end, ""
                else:
                    yield first_line(later[0]), later[0].col_offset, last, end, REMOVED

    @property
    def _end_of_call(self) -> int:
        """The last line of the statement at the top level that called the functions."""
        return self._end_of_statement((self._session.call or (0, 0))[0])

    def _end_of_statement(self, line: int) -> int:
        """Return the last line of the statement at the top level that is on a line."""
        ends = (one.end_lineno or 0 for one in self._tree.body if first_line(one) <= line)
        return max(ends, default=line)

    def noting(self) -> Program:
        """Return the program in which a global variable takes what is saved, when it is saved.

        Raises:
            _RefusedError: There is none.
        """
        edit, variable = self._note(self._chain[0])
        going_on = [*self._going_on()]
        lines = edited_lines(self._source, [edit, *going_on])
        inlined: list[str] = []
        if self._session.caller is not None:
            last = self._end_of_call
            found = _Arguments(last)
        else:
            outermost = self._chain[-1]
            if len(self._chain) == 1 or outermost.call is None:
                raise _RefusedError("what called it is not in the program")
            body = _body_to(outermost, outermost.call)
            last = body[-1].end_lineno or 0
            self._require_no_function(outermost, body)
            found = self._arguments(outermost)
            inlined = self._at_top_level(body, lines)
        if any(line <= last for line in self._session.again):
            raise _RefusedError(
                "the same statement went on to save it again, before what called it was done"
            )
        taken = f"{self._name} = {variable}\n"
        program = self._program(found, lines, [*_ended(inlined), taken], self._name)
        shown = edited_lines(self._source, [*save_edits(self._source, self._tree), *going_on])
        called = (link.frame["lineno"] for link in self._chain[1:] if link.node is not None)
        runs = (part.strip() for line in called for part in lines_of(shown[line - 1]))
        return replace(program, runs=(*runs,))

    def _going_on(self) -> Iterator[Edit]:
        """Yield what has the program go on after the statement that called the functions."""
        if self._session.caller is None:
            return
        line = self._session.caller["lineno"]
        for statement in walk(self._tree):
            if not isinstance(statement, ast.stmt) or statement.lineno != line:
                continue
            is_direct = self._session.caller["direct"]
            call, is_command = call_that_ends(statement, self._tree, is_direct=is_direct)
            if call is not None and not is_command:
                yield edit_of(statement, self._segment(call))
            elif call is not None and self._has_own_lines(statement):
                indent, text = self._indent(statement), self._segment(call)
                lines = ["try:", f"    {text}", "except SystemExit:", "    pass"]
                yield edit_of(statement, f"\n{indent}".join(lines))

    def _program(
        self, found: _Arguments, lines: Sequence[str], inlined: Sequence[str], name: str
    ) -> Program:
        """Return the program of what ran before a function, its arguments and its statements."""

        def text(end: int) -> str:
            return "".join([*_ended(lines[:end]), *found.lines, *inlined])

        beside = None
        if self._session.caller is None and (line := self._session.reached) is not None:
            beside = text(self._end_of_statement(line)), self._chain[-1].frame["name"]
        source = text(found.before)
        return Program(source, name, found.unknown, found.seen, beside=beside)

    def _note(self, link: Link) -> tuple[Edit, str]:
        """Return the edit that assigns what is saved to a global variable, and its name."""
        saved = None if link.call is None else saved_by(link.call)
        if link.node is None or link.call is None or saved is None:
            raise _RefusedError("which call of save it was cannot be told")
        variable = self._fresh(f"{self._name}_saved")
        lines = self._copied(link.call, saved, variable, declaration=f"global {variable}")
        return self._instead(link, link.call, lines), variable

    def _instead(self, link: Link, call: ast.Call, lines: Sequence[str]) -> Edit:
        """Return the edit that puts lines in the place of the statement that saves.

        Raises:
            _RefusedError: It does more than that.
        """
        statement = None if link.node is None else statement_in(link.node, call)
        if (
            not isinstance(statement, (ast.Expr, ast.Assign, ast.Return))
            or statement.value is not call
        ):
            raise _RefusedError("the call of save is no statement of its own")
        has_lines = self._has_own_lines(statement)
        if not has_lines and name_that_varies(call) is not None:
            raise _RefusedError("the call of save has no line of its own")
        more: list[str] = []
        if isinstance(statement, ast.Return):
            more.append("return None")
        elif isinstance(statement, ast.Assign):
            more += [f"{self._segment(one)} = None" for one in statement.targets]
        between = f"\n{self._indent(statement)}" if has_lines else "; "
        return edit_of(statement, between.join([*lines, *more]))

    def _copied(
        self, call: ast.Call, saved: ast.expr, variable: str, declaration: str = ""
    ) -> list[str]:
        """Return the lines that assign a copy of what is saved now, if its name is the one."""
        copy = self._fresh("copy")
        imported = "import copy" if copy == "copy" else f"import copy as {copy}"
        text = self._segment(saved)
        lines = [imported, *([declaration] if declaration else [])]
        varying = name_that_varies(call)
        if varying is None:
            return [*lines, f"{variable} = {copy}.deepcopy({text})"]
        if not isinstance(saved, (ast.Name, ast.Constant)):
            value = self._fresh(f"{variable}_now")
            lines.append(f"{value} = {text}")
            text = value
        shown = operand(self._source, varying)
        test = f"if {shown} == {self._saved_as!r}:"
        return [*lines, f"{test} {variable} = {copy}.deepcopy({text})"]

    def _fresh(self, name: str) -> str:
        """Return a name that the program does not have."""
        while name in self._names:
            name += "_"
        return name

    def flat(self) -> Program | None:
        """Return the program in which the function's statements stand at the top level."""
        link = self._chain[0]
        call = link.call
        saved = None if call is None else saved_by(call)
        if len(self._session.frames) != 1 or call is None or saved is None:
            return None
        body = _body_to(link, call)
        last = statement_in(body[-1], call) or body[-1]
        is_inside = last is not body[-1]
        if in_expression_scope(body[-1], call) or _does_something_before(last, call):
            return None
        try:
            self._require_no_function(link, body)
            found = self._arguments(link)
        except _RefusedError:
            return None
        edits: list[Edit] = []
        name = self._name
        if is_inside:
            # What comes after the save must change neither what it saved nor how it is called.
            name = self._fresh(f"{name}_saved") if name in self._names else name
            try:
                edits = [self._instead(link, call, self._copied(call, saved, name))]
            except _RefusedError:
                return None
        else:
            body = body[:-1]
        inlined = _ended(self._at_top_level(body, edited_lines(self._source, edits)))
        if not is_inside and not (isinstance(saved, ast.Name) and saved.id == name):
            inlined.append(f"{name} = {self._segment(saved)}\n")
        before = "".join([*_ended(self._lines[: found.before]), *found.lines])
        shift = len(lines_of(before)) + 1 - (first_line(body[0]) if body else 0)
        return replace(self._program(found, self._lines, inlined, name), shift=shift)

    def _at_top_level(self, body: Sequence[ast.stmt], lines: Sequence[str]) -> list[str]:
        """Return the lines of a function's statements without the spaces before them."""
        if not body:
            return []
        width = len(self._indent(body[0]))
        found = []
        for number in range(first_line(body[0]), (body[-1].end_lineno or 0) + 1):
            line = lines[number - 1]
            if number not in self._fixed:
                parts = lines_of(line)
                line = "".join(
                    part[min(width, len(part) - len(part.lstrip(" \t\f"))) :] for part in parts
                )
            found.append(line)
        return found

    def _require_no_function(self, link: Link, body: Sequence[ast.stmt]) -> None:
        """Refuse statements that would do something else if they stood in no function.

        Raises:
            _RefusedError: They would.
        """
        function = link.node
        refused = _RefusedError("it does what only functions can do")
        if not isinstance(function, _Function) or self._is_in_function(function):
            raise refused
        first = body[0]
        if self._lines[first_line(first) - 1].encode()[: first.col_offset].strip():
            raise refused
        for node in (node for one in body for node in walk(one)):
            name = getattr(node, "id", None) or getattr(node, "attr", None) or ""
            is_private = name.startswith("__") and not name.endswith("__")
            if isinstance(node, (ast.Global, ast.Nonlocal)) or name in _LOOKS_AROUND or is_private:
                raise refused
        if any(isinstance(node, _BOUND_TO_FUNCTIONS) for one in body for node in _walk(one)):
            raise refused
        bound = _names_bound(body, function)
        read = {name for one in self._other_functions(function) for name in scope_of(one).free}
        if self._session.caller is not None:
            read |= _names_bound(self._tree.body, None)
        if bound & read:
            raise _RefusedError(f"{min(bound & read)!r} is something else outside of it")

    def _is_in_function(self, node: ast.AST) -> bool:
        return any(
            isinstance(other, _Function) and other is not node and node in walk(other)
            for other in nodes_of(self._tree)
        )

    def _other_functions(self, function: _Function) -> Iterator[Function]:
        inside = set(map(id, walk(function)))
        for node in nodes_of(self._tree):
            if isinstance(node, Function) and id(node) not in inside:
                yield node

    def _instance(self, link: Link) -> str:
        """Return how what ran a test made the object whose method it is; nothing if unknown."""
        cls, function = link.owner, link.node
        if cls is None or cls not in self._tree.body or not isinstance(function, _Function):
            return ""
        classes = {one.name: one for one in self._tree.body if isinstance(one, ast.ClassDef)}
        bases = {base.id for one in classes.values() for base in one.bases if _is_name(base)}
        is_test = cls.name.startswith("Test") and function.name.startswith("test")
        # Of a class that is derived from it, it would be another.
        is_one = is_test and cls.name not in bases and _only_marks(function)
        return f"{cls.name}()" if is_one and _is_plain(cls, classes) else ""

    def _arguments(self, link: Link) -> _Arguments:
        """Return what the outermost function was given.

        Raises:
            _RefusedError: It cannot be told.
        """
        function, frame = link.node, link.frame
        refused = _RefusedError("its arguments cannot be told")
        if not isinstance(function, _Function):
            raise refused
        parameters = function.args
        positional = [*parameters.posonlyargs, *parameters.args]
        named = [*positional, *parameters.kwonlyargs]
        if parameters.vararg is not None or parameters.kwarg is not None:
            raise refused
        if self._session.caller is None:
            known = dict(frame["arguments"])
            if named and link.owner is not None:
                known[named[0].arg] = self._instance(link)
            lines = {
                one.arg: f"{one.arg} = {known[one.arg]}\n" for one in named if known.get(one.arg)
            }
            seen = {name: line for name, line in lines.items() if name in frame["arguments"]}
            unknown = frozenset(one.arg for one in named if one.arg not in lines)
            before = len(self._lines)
            if (reached := self._session.reached) is not None:
                after = (one for one in self._tree.body if (one.end_lineno or 0) >= reached)
                before = min((first_line(one) - 1 for one in after), default=before)
            return _Arguments(before, [*lines.values()], unknown, (*seen.items(),))
        call = self._chain[-1].call
        statement = None if call is None else statement_in(self._tree, call)
        if (
            call is None
            or statement not in self._tree.body
            or not self._has_own_lines(statement)
            or _does_something_before(statement, call)
            or any(isinstance(one, ast.Starred) for one in call.args)
            or any(one.arg is None for one in call.keywords)
        ):
            raise refused
        if not is_only_defined(self._tree, function):
            raise refused
        values = [*self._receiver(link, call), *call.args]
        given = {one.arg: value for one, value in zip(positional, values, strict=False)}
        given |= {one.arg: one.value for one in call.keywords if one.arg}
        read = {
            name.id
            for value in given.values()
            for name in walk(value)
            if isinstance(name, ast.Name)
        }
        for one, default in _defaults(parameters):
            if one.arg not in given:
                if not _is_constant(default):
                    raise refused
                given[one.arg] = default
        expected = {one.arg for one in named}
        if set(given) != expected or len(values) > len(positional) or read & expected:
            raise refused
        lines_given = [f"{name} = {self._segment(value)}\n" for name, value in given.items()]
        return _Arguments(first_line(statement) - 1, lines_given)

    def _receiver(self, link: Link, call: ast.Call) -> list[ast.expr]:
        """Return the object whose method is called, if it is a method.

        Raises:
            _RefusedError: It may be a class instead, or what decorates the function may do more.
        """
        decorators = getattr(link.node, "decorator_list", [])
        if link.owner is not None and [getattr(one, "id", "") for one in decorators] == [
            "staticmethod"
        ]:
            return []
        if decorators:
            raise _RefusedError("it is decorated")
        if link.owner is None:
            return []
        classes = {one.name for one in nodes_of(self._tree) if isinstance(one, ast.ClassDef)}
        classes |= self._session.facts.get("objects", {}).keys()
        match call.func:
            case ast.Attribute(value=ast.Name(id=name) as receiver) if name not in classes:
                return [receiver]
            case ast.Attribute(value=ast.Call(func=ast.Name(id=name)) as receiver) if (
                name == link.owner.name
            ):
                return [receiver]
        raise _RefusedError("whose method it is cannot be told")


def _is_name(node: ast.expr) -> TypeGuard[ast.Name]:
    return isinstance(node, ast.Name)


def _is_plain(cls: ast.ClassDef, classes: Mapping[str, ast.ClassDef]) -> bool:
    """Return whether nothing is done to an object of a class before a method of it is a test."""
    functions = [one for one in cls.body if isinstance(one, _Function)]
    return (
        not cls.keywords
        and _only_marks(cls)
        and not any(one.name in _MAKERS for one in functions)
        and all(_only_marks(one) for one in functions)
        and all(
            _is_name(base) and base.id in classes and _is_plain(classes[base.id], classes)
            for base in cls.bases
        )
    )


def _only_marks(node: ast.ClassDef | _Function) -> bool:
    """Return whether what decorates something are marks of pytest's, or makes no fixture of it."""
    for one in node.decorator_list:
        function = one.func if isinstance(one, ast.Call) else one
        name = ast.unparse(function)
        if not name.startswith("pytest.mark.") and name not in _KINDS_OF_METHODS:
            return False
    return True


def _body_to(link: Link, call: ast.Call) -> list[ast.stmt]:
    """Return a function's statements up to the one that a call is in."""
    body = getattr(link.node, "body", [])
    top = next(number for number, one in enumerate(body) if call in walk(one))
    return list(body[: top + 1])


def _ended(lines: Sequence[str]) -> list[str]:
    """Return lines, of which the last is ended too."""
    text = "".join(lines)
    return [text if not text or text.endswith(("\n", "\r")) else f"{text}\n"]


def _is_undone(inside: ast.AST, statement: ast.stmt) -> bool:
    """Return whether something has to happen after a statement, in a ``finally``."""
    return any(
        isinstance(node, ast.Try) and node.finalbody and statement in walk(node)
        for node in walk(inside)
    )


def _does_something_before(statement: ast.stmt, call: ast.Call) -> bool:
    """Return whether a statement may do something before it comes to a call, or instead of it."""
    own = set(map(id, walk(call)))
    for node in walk(statement):
        if id(node) in own:
            continue
        is_around = call in walk(node)
        if is_around and isinstance(node, (ast.IfExp, ast.Lambda, *COMPREHENSIONS)):
            return True
        if (
            isinstance(node, _ACTS)
            and not is_around
            and ((node.lineno, node.col_offset) < (call.lineno, call.col_offset))
        ):
            return True
    return False


def _defaults(parameters: ast.arguments) -> Iterator[tuple[ast.arg, ast.expr]]:
    positional = [*parameters.posonlyargs, *parameters.args]
    yield from zip(
        positional[len(positional) - len(parameters.defaults) :], parameters.defaults, strict=True
    )
    for one, default in zip(parameters.kwonlyargs, parameters.kw_defaults, strict=True):
        if default is not None:
            yield one, default


def _is_constant(node: ast.expr) -> bool:
    """Return whether an expression is the same whenever it is evaluated."""
    if isinstance(node, ast.Tuple):
        return all(map(_is_constant, node.elts))
    if isinstance(node, ast.UnaryOp):
        return _is_constant(node.operand)
    return isinstance(node, ast.Constant)


def _walk(statement: ast.stmt) -> Iterator[ast.AST]:
    """Yield the nodes of a statement that are not in a function or class inside it."""
    todo: list[ast.AST] = [statement]
    while todo:
        node = todo.pop()
        yield node
        if not isinstance(node, SCOPES):
            todo += ast.iter_child_nodes(node)


def _names_bound(body: Sequence[ast.stmt], function: _Function | None) -> set[str]:
    """Return the names that statements, and a function's parameters, give a meaning."""
    found: set[str] = set()
    if function is not None:
        found.update(node.arg for node in ast.walk(function.args) if isinstance(node, ast.arg))
    nodes = (node for statement in body for node in _walk(statement))
    return found | {name for node in nodes if (name := bound_by(node)) is not None}
