"""Which statement needs which: those of the program, and those of its functions one by one."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lineapy_store.slicing._heap import NOTHING, Env, Obj, Value

if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

    from lineapy_store.slicing._bodies import Bodies
    from lineapy_store.slicing._program import Program

_BLOCK = 64


@dataclass
class Frame:
    """A function of the program that is being gone through.

    Attributes:
        function: The function.
        env: Its names.
        receiver: What its first parameter is.
        returns: What it may return.
        yields: What it may yield.
        sent: What may be sent to it while it yields.
        generator: What yields, if it does.
        is_cut: A call of it inside itself was not followed.
        passed: What the parameters are in such calls.
        caller: The statement that calls it.
        is_open: Its statements count each by itself, and not as what the calling one does.
        is_command: Nothing is made of what it returns.
    """

    function: Obj
    env: Env
    receiver: Value = NOTHING
    returns: Value = NOTHING
    yields: Value = NOTHING
    sent: Value = NOTHING
    generator: Obj | None = None
    is_cut: bool = False
    passed: dict[str, Value] = field(default_factory=dict)
    caller: int = 0
    is_open: bool = False
    is_command: bool = False


class _Depth:
    """How many ``with`` statements for it are being run."""

    def __init__(self) -> None:
        self.now = 0

    def __enter__(self) -> None:
        self.now += 1

    def __exit__(self, *_: object) -> None:
        self.now -= 1


class Needs:
    """What each statement needs to have run before it.

    Attributes:
        deps: For each statement, the others. Numbers after the program's stand for several
            statements each.
        current: The statement that runs; what it calls is its doing.
        frames: The functions of the program that are being gone through, the innermost last.
        bodies: The statements of functions that can be dropped, if any shall be.
        inner: By what it is, the number of a call of a function, a statement in one, or all of one.
        starters: By the numbers of what functions do, the statement of the program that has it run.
        runs_of: By the number of a function's statement, who has it run, and as which number.
        runs_in: By the statement that has them run, the same of all that it has run.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.deps: list[set[int]] = [set() for _ in program.statements]
        self.current = 0
        self.frames: list[Frame] = []
        self.bodies: Bodies | None = None
        self.inner: dict[tuple[str, int], int] = {}
        self.starters: dict[int, int] = {}
        self.runs_of: dict[int, list[tuple[int, int]]] = {}
        self.runs_in: dict[int, list[tuple[int, int]]] = {}
        self._parts: dict[tuple[int, int], int] = {}
        self._jointly: dict[tuple[Obj, int], int] = {}
        self._closed = _Depth()
        #: Each stands for so many statements and for the ones before.
        self._blocks: list[int] = []

    def depend(self, *numbers: int | None) -> None:
        """Note that the current statement needs others."""
        mine = self.deps[self.current]
        for number in numbers:
            if number is not None:
                mine.add(number)

    def together(self, numbers: Iterable[int]) -> int:
        """Return a number that stands for several statements."""
        self.deps.append(set(numbers))
        return len(self.deps) - 1

    def first(self, count: int) -> set[int]:
        """Return numbers that stand for the first statements of the program, few for many."""
        blocks = self._blocks
        while (len(blocks) + 1) * _BLOCK <= count:
            start = len(blocks) * _BLOCK
            blocks.append(self.together((*blocks[-1:], *range(start, start + _BLOCK))))
        whole = count // _BLOCK
        return {*blocks[:whole][-1:], *range(whole * _BLOCK, count)}

    # Statements of functions. Each has a number if it can be dropped by itself, and one more for
    # each statement of the program that has it run, which needs that one and what it needs there.

    def _inner(self, key: tuple[str, int]) -> int:
        number = self.inner.get(key)
        if number is None:
            number = self.inner[key] = self.together(())
        return number

    def started_by(self, number: int) -> int:
        """Return the statement of the program that has another one run."""
        return self.starters.get(number, number)

    def part(self, statement: ast.stmt) -> int:
        """Return the number of a function's statement that the current one has run."""
        root = self.started_by(self.current)
        number = self._parts.get((root, id(statement)))
        if number is None:
            inner = self._inner(("statement", id(statement)))
            number = self._parts[root, id(statement)] = self.together((inner,))
            self.starters[number] = root
            self.runs_of.setdefault(inner, []).append((root, number))
            self.runs_in.setdefault(root, []).append((inner, number))
        self.deps[number].add(self.current)
        return number

    def on_behalf(self, key: tuple[Obj, int]) -> int:
        """Return the number of what the current statement does together with others.

        Args:
            key: What that is, and the statement of the program that has all of them run.
        """
        if self.bodies is None:
            return self.current
        number = self._jointly.get(key)
        if number is None:
            number = self._jointly[key] = self.together(())
            self.starters[number] = key[1]
        if number != self.current:
            self.deps[number].add(self.current)
            self.deps[self.current].add(number)
        return number

    def enter_body(self, function: ast.AST, *, is_open: bool) -> None:
        """The current statement calls a function of the program.

        Args:
            function: Its definition.
            is_open: Whether only those of its statements are needed that something needs.
        """
        if self.bodies is None:
            return
        if not is_open:
            self.depend(self._all_of(function))
        elif self.bodies.statements(function):
            self.depend(self._inner(("call", id(function))))

    def not_followed(self) -> None:
        """What may run again inside itself is not gone through: all of it counts, calls too."""
        for frame in self.frames:
            with self.within(frame.caller):
                self.enter_body(frame.function.about, is_open=False)
        if self.frames:
            # What its end changes, its beginning finds the next time.
            self.frames[0].is_cut = True

    def _all_of(self, function: ast.AST) -> int:
        """Return the number of all statements of a function and of those in it."""
        known = ("all", id(function)) in self.inner
        number = self._inner(("all", id(function)))
        if self.bodies is not None and not known:
            for one in self.bodies.functions_in(function):
                self.deps[number].add(self._inner(("call", id(one))))
                self.deps[number].update(
                    self._inner(("statement", id(statement)))
                    for statement in self.bodies.statements(one)
                )
        return number

    def closed(self) -> _Depth:
        """Have all statements count of functions that are called here, as what they raise may."""
        return self._closed

    @contextlib.contextmanager
    def within(self, number: int) -> Iterator[None]:
        """Have a statement be the current one."""
        before, self.current = self.current, number
        try:
            yield
        finally:
            self.current = before
