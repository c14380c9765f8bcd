"""What the tests of the flavors share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def defined_in_main() -> Callable[[str], dict[str, Any]]:
    """Runs source text as if it were the user's script or notebook, and gives its names."""

    def run(source: str) -> dict[str, Any]:
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(source, names)  # noqa: S102 - the text stands in the test
        return names

    return run
