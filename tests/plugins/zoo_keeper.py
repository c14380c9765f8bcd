"""Models of the zoo under check: saved in a place from which a new interpreter may import them."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib
import importlib.util
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy.checks import BACKENDS, ModelCase, Subject
from pytest_lineapy.checks._places import temporary_place
from pytest_lineapy.checks._results import Skipped

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_FOLDER = Path(__file__).parent
_OF_NOBODY = ("test_churn", "churn_in_memory")


@pytest.fixture
def from_zoo(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Iterator[Callable[..., Subject]]:
    """A function that has a model of the zoo trained, by its module and function.

    What training does to the process is taken back: variables, modules, what it adds to
    ``__main__``, the working directory.
    """
    monkeypatch.chdir(tmp_path)
    main = vars(sys.modules["__main__"])
    environment, names = dict(os.environ), set(main)

    with contextlib.ExitStack() as stack:

        def subject(
            model: str,
            *,
            backends: Collection[str] = BACKENDS,
            seconds: float = 300.0,
            **arguments: Any,
        ) -> Subject:
            module, _, name = model.partition(":")
            train = getattr(importlib.import_module(f"zoo.{module}"), name)

            @contextlib.contextmanager
            def place(backend: str) -> Iterator[Any]:
                if backend not in backends:
                    raise Skipped("nobody asks for it")
                with temporary_place(backend) as found:
                    yield dataclasses.replace(found, python_path=(str(_FOLDER),))

            case = ModelCase(train, **arguments)
            return stack.enter_context(contextlib.closing(Subject(case, place, seconds=seconds)))

        yield subject
    os.environ.clear()
    os.environ.update(environment)
    for name in [name for name in sys.modules if name.endswith(_OF_NOBODY)]:
        del sys.modules[name]
    for name in set(main) - names:
        del main[name]


@pytest.fixture
def without_mlflow(monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow seems not to be installed."""
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *package: None if name == "mlflow" else find(name, *package),
    )
