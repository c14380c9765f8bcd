"""Slices of programs that nobody wrote make the values that the programs make."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings

if TYPE_CHECKING:
    from tests.plugins.cutting import count_statements, shrunk
    from tests.plugins.programs import check, failures, generate, minimized, programs, run
else:
    from cutting import count_statements, shrunk
    from programs import check, failures, generate, minimized, programs, run

#: 20,000 are checked by ``python tests/plugins/programs.py 20000``.
_PROGRAMS = 300
_PARTS = 10


def _whole(source: str, _target: str) -> str:
    return source


def _without_last_line(source: str, _target: str) -> str:
    return "\n".join(source.splitlines()[:-1])


@pytest.mark.parametrize("part", range(_PARTS))
def test_slices_of_generated_programs(part: int) -> None:
    """Each variable's slice makes the value that the variable has at the program's end."""
    size = _PROGRAMS // _PARTS

    summary = check(range(part * size, (part + 1) * size), kept=1)

    assert not summary.failed, minimized(summary.failed[0])
    assert summary.programs >= 0.95 * size


@settings(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(programs())
def test_slices_of_drawn_programs(source: str) -> None:
    """The same holds for programs that are new in each run."""
    failure = next(failures(source), None)

    assert failure is None, minimized(failure)


def test_a_seed_makes_one_program() -> None:
    """Programs are the same at each call, and different for each seed."""
    assert generate(3) == generate(3) != generate(4)


def test_programs_run() -> None:
    """Nearly no program raises when it is run as a whole."""
    summary = check(range(100), _whole)

    assert summary.discarded <= 5
    assert summary.slices > 3 * summary.programs
    assert not summary.counts


def test_wrong_slices_are_seen() -> None:
    """A slicer that leaves out what matters is found out, with a small program."""
    summary = check(range(20), _without_last_line, kept=20)

    assert {"wrong", "raised"} & set(summary.counts)
    failure = minimized(min(summary.failed, key=lambda each: len(each.source)), _without_last_line)
    assert count_statements(failure.source) <= 3
    assert run(failure.source)


def test_a_script_is_made_smaller_while_it_keeps_what_matters() -> None:
    """Statements go one by one, in compound ones too; a body that is left empty passes."""
    source = "x = 1\ny = 2\nfor i in range(3):\n    x += 1\n    y += 1\nif y:\n    print(x)\n"

    def makes_four(text: str) -> bool:
        with contextlib.suppress(NameError):
            return bool(run(text).get("x") == 4)
        return False

    assert shrunk(source, makes_four) == "x = 1\nfor i in range(3):\n    x += 1"
    assert shrunk(source, lambda text: "y += 1" in text, unwrap=True) == "y += 1"
