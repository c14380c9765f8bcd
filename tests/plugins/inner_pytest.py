"""Pytest inside pytest: runs of a test file of their own, in a process of their own."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pytest_plugins = ["pytester"]


class InnerPytest:
    """A folder of tests, and runs of pytest in it.

    Attributes:
        path: The folder.
    """

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.path = pytester.path

    def write(self, source: str, *, name: str = "test_inner") -> None:
        """Write a file of tests; ``note(value)`` in them tells this process something."""
        header = f"from pathlib import Path\nimport json\n_NOTES = Path({str(self._notes)!r})\n"
        note = (
            "def note(value):\n"
            "    with _NOTES.open('a') as file:\n"
            "        file.write(json.dumps(value) + '\\n')\n"
        )
        self._pytester.makepyfile(**{name: header + note + source})

    def ini(self, **values: str) -> None:
        """Write an ini-file."""
        lines = [f"{key} = {value}" for key, value in values.items()]
        self._pytester.makeini("\n".join(["[pytest]", *lines]))

    def run(self, *arguments: object, env: Mapping[str, str] | None = None) -> pytest.RunResult:
        """Run pytest, with warnings as errors."""
        with pytest.MonkeyPatch.context() as patch:
            # The inner run is nobody's worker, and is not measured.
            for name in [name for name in os.environ if name.startswith(("PYTEST_", "COV_"))]:
                patch.delenv(name)
            for name, value in (env or {}).items():
                patch.setenv(name, value)
            return self._pytester.runpytest_subprocess(
                "-W", "error", "-p", "no:randomly", *map(str, arguments), timeout=300
            )

    def passes(self, *arguments: object, env: Mapping[str, str] | None = None, n: int = 1) -> str:
        """Run pytest, require that ``n`` tests pass and that is all, and return its output."""
        result = self.run(*arguments, env=env)
        result.assert_outcomes(passed=n)
        assert result.ret == 0
        return result.stdout.str()

    @property
    def _notes(self) -> Path:
        return self.path / "notes.jsonl"

    def notes(self) -> list[Any]:
        """Return what the tests have noted so far, and forget it."""
        if not self._notes.exists():
            return []
        lines = self._notes.read_text().splitlines()
        self._notes.unlink()
        return [json.loads(line) for line in lines]


@pytest.fixture
def inner(pytester: pytest.Pytester) -> InnerPytest:
    """An empty folder in which pytest can be run."""
    # pytester forgets the modules that a test was first to import, and neither NumPy nor
    # SQLAlchemy's mappers can be imported twice; and the import finders that they have added,
    # without which importlib_metadata, once it is imported, leaves no distribution to be found.
    # Inner runs have a process of their own anyway.
    pytester._sys_modules_snapshot.restore = lambda: None  # type: ignore[method-assign] # noqa: SLF001 - no public way
    pytester._sys_path_snapshot.restore = lambda: None  # type: ignore[method-assign] # noqa: SLF001 - as above
    return InnerPytest(pytester)
