"""New interpreters that need not compile libraries each time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def compiled_once(common_folder: Path) -> Iterator[None]:
    """Has all processes that are started from now on share what they compile.

    Where libraries are installed without bytecode and none may be written beside them, as in tox,
    the import of scikit-learn takes seconds in each.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
        patch.setenv("PYTHONPYCACHEPREFIX", str(common_folder / "bytecode"))
        yield
