"""What is known of one MLflow flavor."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclasses.dataclass(frozen=True, kw_only=True)
class Prepared:
    """What ``log_model`` has to be told of one value.

    Attributes:
        arguments: Keywords that the value needs and the user did not give.
        reason: Why they were chosen, and what will not hold elsewhere; None if there is nothing.
    """

    arguments: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    reason: str | None = None


def _prepare_nothing(_value: Any, _given: Mapping[str, Any]) -> Prepared:
    return Prepared()


def _note_nothing(_value: Any) -> dict[str, Any]:
    return {}


def _restore_nothing(_value: Any, _noted: Mapping[str, Any]) -> None:
    pass


@dataclasses.dataclass(frozen=True, kw_only=True)
class Flavor:
    """One flavor of MLflow.

    Its functions take a value that has this flavor. They change nothing, write nothing, and import
    no model library that the value has not imported already.

    Attributes:
        name: As MLflow calls it, such as ``sklearn``.
        library: The package whose classes it takes, as imported.
        distributions: The names under which ``library`` can be installed, by preference.
        takes: How the qualified names of its classes begin; one such class in the MRO suffices.
        requires: Packages, as imported, that every model of the flavor is loaded with, beside
            ``library``, given all the keywords for ``log_model``. MLflow finds them too.
        obstacle: Why ``log_model`` cannot keep this very value so that it loads and predicts the
            same, or None.
        modules: Names of the modules that the logged value refers to.
        prepare: What ``log_model`` has to be told, given the user's keywords, which always stay.
        note: What the flavor's format does not keep and JSON can, by name.
        restore: Gives a loaded value what was noted.
    """

    name: str
    library: str
    distributions: tuple[str, ...]
    takes: tuple[str, ...]
    requires: Callable[[Mapping[str, Any]], frozenset[str]]
    obstacle: Callable[[Any], str | None]
    modules: Callable[[Any], frozenset[str]]
    prepare: Callable[[Any, Mapping[str, Any]], Prepared] = _prepare_nothing
    note: Callable[[Any], dict[str, Any]] = _note_nothing
    restore: Callable[[Any, Mapping[str, Any]], None] = _restore_nothing

    @property
    def module(self) -> str:
        """The module that has ``log_model`` and ``load_model``."""
        return f"mlflow.{self.name}"
