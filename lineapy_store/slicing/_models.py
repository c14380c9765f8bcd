"""Models: what they learn when they are fitted, and what estimators of the program are given."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from lineapy_store.slicing._builtins import Builtins
from lineapy_store.slicing._expressions import CONTAINERS, Arguments
from lineapy_store.slicing._heap import NOTHING, Obj, Value, is_array
from lineapy_store.slicing._library import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from lineapy_store.slicing._library import Facts

#: What a model has learned, as a part of it.
FITTED = ("fitted",)
#: What fitting changes, of a model alone or of all that is in it.
LEARNS = frozenset({"fitted", "steps"})


class Models(Builtins):
    """Knows models, by what the tables say of their method ``fit``."""

    # What they learn.

    def learners(self, changes: AbstractSet[str], receiver: Value) -> list[Obj]:
        """Return what learns when a model does: it and, of a pipeline, all that it has."""
        if "steps" in changes:
            return self.models_in(receiver, frozenset({"steps"}))
        return list(receiver) if "fitted" in changes else []

    def models_in(self, value: Value, kinds: AbstractSet[str] = LEARNS) -> list[Obj]:
        """Return the objects of a value and those in containers and models of some kinds."""
        found = list(value)
        for obj in found:  # which grows meanwhile
            if obj.kind in CONTAINERS or not self.learns(obj.kind).isdisjoint(kinds):
                held = obj.held() if obj.kind in CONTAINERS else obj.contents
                found += [one for one in held if one not in found]
        return found

    def learns(self, kind: str) -> AbstractSet[str]:
        """Return what an object of a kind changes when it is fitted, if it is a model."""
        changes = self.library.about(f"{kind}.fit").changes if "." in kind else frozenset()
        return changes & LEARNS

    def with_draws(self, facts: Facts, learners: list[Obj], value: Value) -> Facts:
        """Return the facts of a call with what models draw that it fits."""
        if "models" in facts.draws:
            fitted = learners or self.models_in(value)
            fits = [self.library.about(f"{obj.kind}.fit") for obj in fitted if "." in obj.kind]
            fits += [UNKNOWN for obj in fitted if obj.kind == "unknown"]
            draws = (one.draws for one in fits)
            facts = replace(facts, draws=facts.draws.union(*draws) - {"models"})
            learners = fitted
        if any(obj.whole is not None for obj in learners if self.learns(obj.kind)):
            # It may be another solver by now, which draws.
            facts = replace(facts, draws=facts.draws | {"numpy.random"})
        return facts

    def forgets(self, model: Obj) -> bool:
        """Return whether a model that learns has nothing left of what it learned before."""
        me = frozenset((model,))
        return bool(self.learns(model.kind)) and self.is_single(me) and model.whole is None

    def learn(self, learners: list[Obj], everything: Value) -> None:
        """Have models learn from what they are given."""
        for obj in learners:
            if self.learns(obj.kind):
                self.change_part(obj, FITTED, anew=self.forgets(obj))
                obj.hold(everything - {obj}, FITTED)
            elif obj.kind not in CONTAINERS and not is_array(obj.kind):
                self.change_all((obj,))
                # What a class of the program's own does, its methods say.
                obj.hold(everything - {obj} if obj.kind != "instance" else NOTHING)

    @contextlib.contextmanager
    def without_lessons(self, models: Iterable[Obj]) -> Iterator[None]:
        """Have models have learned nothing for now."""
        hidden = []
        for obj in models:
            if FITTED in obj.parts and obj.last is not None:
                others = {one for key, ones in obj.parts.items() if key != FITTED for one in ones}
                made = self.together((*others, *(() if obj.whole is None else (obj.whole,))))
                hidden.append((obj, obj.last, made, obj.fields.pop(FITTED, set())))
                obj.last = made
        yield
        for obj, last, made, fitted in hidden:
            # By functions that were called, it may have been changed.
            now = obj.last
            obj.last = last if now is None or now == made else self.together((last, now))
            obj.hold(fitted, FITTED)

    # Those whose classes are the program's own.

    def attributes_of(self, value: Value) -> Arguments:
        """Return the attributes of objects as arguments, as when they are made once more."""
        arguments = Arguments(spread=NOTHING.union(*(obj.contents for obj in value)))
        for obj in value:
            for name, held in obj.fields.items():
                if isinstance(name, str):
                    arguments.keywords[name] = arguments.keywords.get(name, NOTHING) | held
        return arguments

    def takes_data(self, cls: Obj, name: object) -> bool:
        """Return whether a library calls a method of a class with no estimator."""
        return any(
            base.kind == "lib" and self.library.about(f"{base.about}.{name}").takes_data
            for base in self.bases(cls)
        )

    def is_fitted(self, cls: Obj) -> bool:
        """Return whether a class of the program is one of estimators."""
        return any(self.takes_data(base, "fit") for base in self.bases(cls))

    def is_estimator(self, obj: Obj) -> bool:
        """Return whether an object is an estimator, of a library's class or the program's own."""
        if obj.kind == "instance":
            return self.is_fitted(self.class_of(obj))
        return self.library.about(f"{obj.kind}.fit").takes_data
