"""How many steps a second ``StoreMachine`` makes on a store with default options."""

from __future__ import annotations

import statistics
import time

from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from pytest_lineapy.statemachine import StoreMachine

_ROUNDS = 5
_EXAMPLES = 10
_STEPS = 50


def seconds(examples: int) -> float:
    """Returns how long a number of examples takes, all of the same length."""
    start = time.perf_counter()
    run_state_machine_as_test(
        StoreMachine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=_STEPS,
            phases=[Phase.generate],
            database=None,
            deadline=None,
        ),
    )
    return time.perf_counter() - start


if __name__ == "__main__":
    seconds(2)  # imports, and starts the other process
    rates = [_EXAMPLES * _STEPS / seconds(_EXAMPLES) for _ in range(_ROUNDS)]
    print(
        f"{statistics.median(rates):.0f} steps/s, from {min(rates):.0f} to {max(rates):.0f} "
        f"in {_ROUNDS} rounds of {_EXAMPLES * _STEPS} steps (goal: 100)"
    )
