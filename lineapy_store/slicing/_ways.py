"""The ways that a program may go: one of several, any number of times, or not to the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lineapy_store.slicing._heap import Obj
from lineapy_store.slicing._machine import Key, Machine

if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterable

    from lineapy_store.slicing._heap import Binding


class Ways(Machine):
    """Goes all ways that a program may go, and has names mean what they may mean afterwards."""

    def __init__(self, *arguments: Any, **keywords: Any) -> None:
        super().__init__(*arguments, **keywords)
        self._looped: set[tuple[int, int, int]] = set()

    def either(self, *ways: Callable[[], None]) -> None:
        """Go several ways from here, of which the program takes one."""
        ends = [self._tried(way) for way in ways]
        keys = dict.fromkeys(key for end in ends for key in end)
        for env, name in keys:
            before = env.names.get(name)
            merged: Binding | None = None
            for position, end in enumerate(ends):
                after = end.get((env, name), before)
                merged = after if position == 0 else self._either(merged, after)
            self._put(env, name, merged)

    def _either(self, one: Binding | None, other: Binding | None) -> Binding | None:
        if one is None and other is None:
            return None
        if one is not None and one.same(other):
            return one
        return self._merged(one, other)

    def _tried(self, way: Callable[[], None]) -> dict[Key, Binding | None]:
        """Go a way and come back; return what it bound."""
        start = len(self._journal)
        self._forks += 1
        try:
            way()
        finally:
            self._forks -= 1
        end = {(env, name): env.names.get(name) for env, name, _ in self._journal[start:]}
        for env, name, before in reversed(self._journal[start:]):
            if before is None:
                env.names.pop(name, None)
            else:
                env.names[name] = before
        del self._journal[start:]
        return end

    def repeat(
        self, way: Callable[[], None], *, leaves_early: bool, loop: ast.AST | None = None
    ) -> None:
        """Go a way any number of times, or not at all.

        Args:
            way: Is called until it brings nothing new.
            leaves_early: It may be left, or begun again, before its end.
            loop: The statement, if it need not bind a name whenever it begins anew.
        """
        # What the end of the way changes, its beginning finds the next time.
        once_more = loop is not None and (id(loop), self.current, self.context) not in self._looped
        self._looped.add((id(loop), self.current, self.context))
        for _ in range(20):
            seen: dict[Key, Binding] = {}
            self._watchers.append(seen)
            growth = Obj.growth
            try:
                end = self._tried(way)
            finally:
                self._watchers.pop()
            if leaves_early:
                for key, binding in seen.items():
                    end[key] = self._either(end.get(key), binding)
            is_new = False
            for (env, name), after in end.items():
                before = env.names.get(name)
                merged = self._either(before, after)
                if merged is not None and not self._says_the_same(merged, before):
                    self._put(env, name, merged)
                    is_new = True
            # What went into one container goes on into another the next time, and what a statement
            # changed for the first time, those before it find the next time.
            if not is_new and not once_more and growth == Obj.growth:
                return
            once_more = False
        self.touch_everything()

    def _says_the_same(self, one: Binding, other: Binding | None) -> bool:
        return other is not None and (
            one.same(other)
            or (
                one.value == other.value
                and one.maybe_unbound == other.maybe_unbound
                and self._spelled_out(one.binders) == self._spelled_out(other.binders)
            )
        )

    def _spelled_out(self, binders: Iterable[int]) -> set[int]:
        """Return statements without the numbers that stand for several."""
        found: set[int] = set()
        todo = list(binders)
        while todo:
            number = todo.pop()
            if number not in found:
                found.add(number)
                todo += self._members.get(number, ())
        return found - self._members.keys()

    def interrupted(self, way: Callable[[], None]) -> Callable[[], None]:
        """Go a way that may end anywhere; return another that brings one to where it ended."""
        seen: dict[Key, Binding] = {}
        before: dict[Key, Binding | None] = {}
        start_order = self._order

        self._watchers.append(seen)
        start = len(self._journal)
        self._forks += 1
        try:
            way()
        finally:
            self._forks -= 1
            self._watchers.pop()
        for env, name, old in self._journal[start:]:
            before.setdefault((env, name), old)
        if not self._forks:
            del self._journal[start:]

        def resume() -> None:
            for (env, name), binding in seen.items():
                old = before.get((env, name))
                if old is not None and old.order > start_order:
                    old = None
                self._put(env, name, self._merged(old, binding))

        return resume
