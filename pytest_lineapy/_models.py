"""Model code as tests, without a test file: ``lineapy_models`` and ``--lineapy-models``."""

from __future__ import annotations

import importlib
import inspect
import types
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_lineapy._roundtrips import BoundCheck, Subjects
from pytest_lineapy.settings import nearest

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    from pytest_lineapy.checks import ModelCase
    from pytest_lineapy.checks._case import Trained

_FOLDER = "lineapy_models"

_RAISED = (Exception, pytest.skip.Exception)
"""What a user's code raises; to skip a model where it is asked for would hide that."""


def add_options(parser: pytest.Parser) -> None:
    """Register the option, for the command line and the ini-file."""
    text = (
        "model code to check: a function that trains, all of a module, or a model, as in "
        "churn.train:train_model, forecast.models:* (may be repeated)"
    )
    group = parser.getgroup("lineapy", "MLflow and lineapy stores")
    group.addoption(
        "--lineapy-models",
        dest="lineapy_models",
        metavar="MODULE:NAME",
        action="append",
        default=None,
        help=text,
    )
    parser.addini("lineapy_models", text, type="linelist", default=[])


def entries(config: pytest.Config) -> list[str]:
    """Return the entries that this run checks: the command line's, else the ini-file's.

    Those of the ini-file are left out of a run of single files or tests.
    """
    given = config.getoption("lineapy_models")
    if given is not None:
        return [str(entry).strip() for entry in given]
    return [] if left_out(config) else _of_the_ini(config)


def left_out(config: pytest.Config) -> list[str]:
    """Return the ini-file's entries that this run does not check, since it names single files."""
    if config.getoption("lineapy_models") is not None:
        return []
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        return []
    folder = config.invocation_params.dir
    single = all("::" in each or not (folder / each).is_dir() for each in config.args)
    return _of_the_ini(config) if single else []


def describe(config: pytest.Config) -> Iterator[str]:
    """Tell in lines which entries are checked, and which are not."""
    if found := entries(config):
        source = "ini" if config.getoption("lineapy_models") is None else "command line"
        yield f"lineapy: checks {', '.join(found)} ({source})"
    if out := left_out(config):
        yield (
            f"lineapy: {len(out)} models of the ini-file are not checked, as this run names single "
            "files; --lineapy-models=... checks one in any case"
        )


def _of_the_ini(config: pytest.Config) -> list[str]:
    return [entry for entry in config.getini("lineapy_models") if not entry.startswith("#")]


def collectors(session: pytest.Session) -> list[pytest.Collector]:
    """Return a collector for each entry."""
    return [
        ModelCollector.from_parent(session, name=entry, nodeid=f"{_FOLDER}::{entry}")
        for entry in dict.fromkeys(entries(session.config))
    ]


class ModelCollector(pytest.Collector):
    """Collects the checks of an entry's models; it trains them, so that what raises is told."""

    def collect(self) -> Iterator[pytest.Item]:
        """Import the module, train its models, and make a test of each check.

        Raises:
            CollectError: What is wrong with the entry.
        """
        module, names = self._module_and_names()
        for name in names:
            found = getattr(module, name)
            case = self._case(module, name, found)
            trained = None if self.config.getoption("collectonly") else self._train(case)
            yield from self._items(case, trained, found)

    def _fail(self, what: str) -> Exception:
        return self.CollectError(f"lineapy_models: {self.name!r} {what}")

    def _module_and_names(self) -> tuple[types.ModuleType, list[str]]:
        name, colon, wanted = self.name.partition(":")
        if not (name and colon and wanted):
            raise self._fail("is no entry: write package.module:function, or package.module:*")
        module = self._import(name)
        if wanted == "*":
            names = [each for each, value in vars(module).items() if _trains(module, each, value)]
            if not names:
                raise self._fail(
                    f"matches nothing: {name} defines no function that can be called without "
                    "arguments, and is not called *_inputs or _*"
                )
            return module, names
        if not hasattr(module, wanted):
            public = [each for each in vars(module) if not each.startswith("_")]
            raise self._fail(f"matches nothing: {name} has no {wanted}{nearest(wanted, public)}")
        return module, [wanted]

    def _import(self, name: str) -> types.ModuleType:
        from pytest_lineapy.checks._results import describe  # noqa: PLC0415 - needs lineapy_store

        try:
            return importlib.import_module(name)
        except _RAISED as error:
            hint = ""
            if isinstance(error, ModuleNotFoundError) and name.startswith(error.name or " "):
                hint = "\nInstall it, or name its folder in pytest's option 'pythonpath'"
            raise self._fail("cannot be imported:\n" + "\n".join(describe(error)) + hint) from None

    def _case(self, module: types.ModuleType, name: str, found: Any) -> ModelCase:
        from pytest_lineapy.checks import ModelCase  # noqa: PLC0415 - needs lineapy_store

        inputs = getattr(module, f"{name}_inputs", None)
        try:
            return ModelCase(
                found,
                inputs=self._call(inputs) if callable(inputs) else inputs,
                name=f"{module.__name__}:{name}",
            )
        except TypeError as error:
            raise self._fail(f"cannot be checked: {error}") from None

    def _call(self, function: Callable[[], Any]) -> Any:
        from pytest_lineapy.checks._results import describe  # noqa: PLC0415 - needs lineapy_store

        if self.config.getoption("collectonly"):
            return None
        try:
            return function()
        except _RAISED as error:
            name = getattr(function, "__name__", function)
            raise self._fail(f"{name}() raises\n" + "\n".join(describe(error))) from None

    def _train(self, case: ModelCase) -> Trained:
        trained: Trained = self._call(_named(case))
        return trained

    def _items(self, case: ModelCase, trained: Trained | None, found: Any) -> Iterator[pytest.Item]:
        from pytest_lineapy.checks import BACKENDS, names_of  # noqa: PLC0415 - needs lineapy_store

        short = case.name.rpartition(":")[2]
        for backend in BACKENDS:
            for name in names_of(backend):
                check = BoundCheck(case, backend, name)
                yield RoundtripItem.from_parent(
                    self,
                    name=f"{short}-{backend}-{name}",
                    callobj=_test(check, trained),
                    check=check,
                    source=found,
                )


class RoundtripItem(pytest.Function):
    """A check of a model that no test function asks for.

    Args:
        check: The check.
        source: What trains the model, to show where that is.
        **arguments: Of the class it is derived from.
    """

    def __init__(self, *, check: BoundCheck, source: Any, **arguments: Any) -> None:
        self.check = check
        self._source = source
        super().__init__(**arguments)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return where the model is trained."""
        try:
            _, line = inspect.getsourcelines(self._source)
            return Path(inspect.getfile(self._source)), line - 1, self.name
        except (OSError, TypeError):
            return self.path, None, self.name

    def repr_failure(  # type: ignore[override] # as in pytest.Function
        self, excinfo: pytest.ExceptionInfo[BaseException]
    ) -> Any:
        """Return what a check says, without the frames that lead there, which are ours."""
        from pytest_lineapy.checks import RoundtripError  # noqa: PLC0415 - needs lineapy_store

        if isinstance(excinfo.value, RoundtripError):
            return str(excinfo.value)
        return super().repr_failure(excinfo)


def _test(check: BoundCheck, trained: Trained | None) -> Callable[..., None]:
    def test(request: pytest.FixtureRequest, _lineapy_subjects: Subjects) -> None:
        check.bind(request.node, lambda: _lineapy_subjects.of(check.case, request, trained))
        check()

    return test


def _named(case: ModelCase) -> Callable[[], Trained]:
    def train() -> Trained:
        return case.train()

    train.__name__ = case.name.rpartition(":")[2]
    return train


def _trains(module: types.ModuleType, name: str, value: Any) -> bool:
    """Return whether ``*`` means it: a function of the module's own, without arguments."""
    if name.startswith("_") or name.endswith("_inputs"):
        return False
    if not isinstance(value, types.FunctionType) or value.__module__ != module.__name__:
        return False
    parameters = inspect.signature(value).parameters.values()
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return all(
        each.default is not inspect.Parameter.empty or each.kind in variable for each in parameters
    )


__all__ = ["add_options", "collectors", "describe"]
