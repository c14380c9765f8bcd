"""Whatever is in a file of the store, reading it ends soon, in little memory, with an error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.plugins import fuzzing
    from tests.plugins.faults import MakeTrials
else:
    import fuzzing


@pytest.mark.parametrize(
    ("what", "fault", "rounds", "few"),
    [
        ("values", "a value's file lies about what is in it", 10_000, 300),
        ("catalogs", "a catalog to migrate is damaged", 1_000, 25),
    ],
)
def test_any_file_is_read_or_refused(  # noqa: PLR0913, PLR0917 - one for each parameter
    what: str, fault: str, rounds: int, few: int, tmp_path: Path, trials_of: MakeTrials
) -> None:
    """No crash, no hang, no error but the library's, and no memory beyond a bound."""
    trials = trials_of(fault, rounds=rounds, few=few)
    seed = trials.random.randbytes(8).hex()
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, Path(fuzzing.__file__), what, tmp_path, seed, str(trials.rounds)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    unexpected = json.loads(done.stdout)
    trials.tried = trials.rounds
    trials.wrong = len(unexpected)
    trials.survived = trials.rounds - trials.wrong
    assert not unexpected
    trials.check()
