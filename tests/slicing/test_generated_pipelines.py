"""Functions made of programs that nobody wrote make what the programs saved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins.programs_as_pipelines import check
else:
    from programs_as_pipelines import check

#: More are checked by ``python tests/plugins/programs_as_pipelines.py 5000``.
_PROGRAMS = 200
_PARTS = 4


@pytest.mark.parametrize("part", range(_PARTS))
def test_functions_of_generated_programs(part: int) -> None:
    """Whatever a program saves on its way, the functions make it again, in a run of their own."""
    size = _PROGRAMS // _PARTS

    count, wrong = check(range(part * size, (part + 1) * size))

    assert not wrong, min(wrong, key=len)
    assert count >= 0.9 * size
