"""Which modules a model's requirements leave out."""

from __future__ import annotations

from pathlib import Path

import packaging

from pytest_lineapy.checks._requirements import left_out

_FOLDER = Path(packaging.__path__[0])


def test_a_compiled_module_belongs_to_the_package_it_is_in() -> None:
    """Modules such as SciPy's _ni_label, which do not say what they are part of, are covered."""
    modules = {"_compiled": str(_FOLDER / "sub" / "_compiled.so")}
    assert list(left_out(modules, {"packaging"})) == []
    ((module, where),) = left_out(modules, set())
    assert module == "_compiled"
    assert where.startswith("of packaging, ")


def test_a_module_of_no_package_is_told(tmp_path: Path) -> None:
    """A module that nothing installs is in no requirements."""
    file = str(tmp_path / "own.py")
    assert list(left_out({"own": file}, {"packaging"})) == [
        ("own", f"of no installed package, {file}")
    ]
