"""Slices of programs about tables that nobody wrote make the values that the programs make."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import pytest

pytest.importorskip("pandas", reason="what is generated are tables of it")

if TYPE_CHECKING:
    from tests.plugins.programs import check, minimized
    from tests.plugins.table_programs import generate_tables
else:
    from programs import check, minimized
    from table_programs import generate_tables

#: 2,000 are checked by ``python tests/plugins/table_programs.py 2000``.
_PROGRAMS = 100
_PARTS = 4


@pytest.mark.parametrize("part", range(_PARTS))
def test_slices_of_generated_tables(part: int) -> None:
    """Whatever is done to columns, rows, views and copies, each variable's slice makes it."""
    size = _PROGRAMS // _PARTS

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what pandas will do in future
        summary = check(range(part * size, (part + 1) * size), kept=1, write=generate_tables)
        assert not summary.failed, minimized(summary.failed[0])

    assert summary.programs >= 0.95 * size
    assert summary.slices > 4 * summary.programs
