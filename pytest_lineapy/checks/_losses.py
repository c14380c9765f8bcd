"""What MLflow's own format of a flavor does not keep, though predictions do not change.

A check that failed for these would fail for every model of the flavor, and nothing that a user
could do about it. They are told with the result instead. So is what a library notes of the run that
trained a model, which is another one whenever it is trained again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lineapy_store.comparison import Difference

_KNOWN = {
    "xgboost": (
        # What training has told on its way, and what only training uses: functions, metrics.
        r"\.evals_result_\b",
        r"\.(objective|callbacks|eval_metric)\b",
        (
            r"\.(get_booster\(\)\.)?save_config\(\)\['learner'\]\['generic_param'\]\['"
            r"(n_jobs|nthread|random_state|seed|seed_per_iteration)'\]"
        ),
        (
            r"\.(get_booster\(\)\.)?save_config\(\)\['learner'\](\['gradient_booster'\].*)?\['"
            r"(metrics|\w*train_param|updater|specified_updater)'\]"
        ),
    ),
    "prophet": (
        # The JSON has no optimizer's report, and its tables and times come back in other types.
        r"\.stan_fit\b",
        r"\.stan_backend\b",
        r"\.params\b",
        r"\.history\b",
        r"\.history_dates\b",
        r"\.start\b",
        r"\.changepoints\b",
        r"\.holidays\b",
        r"\.train_holiday_names\b",
        r"\.fit_kwargs\b",
        r"\.train_component_cols\b",
    ),
}

_OF_THE_RUN = re.compile(
    # How long a search took, Stan's report with its files and times, and an address.
    r"\.refit_time_\b|\.cv_results_\['(mean|std)_(fit|score)_time'\]|\.stan_fit\b"
    r"|\._stop_words_id\b"
)


def split(
    flavor: str | None, found: Sequence[Difference]
) -> tuple[list[Difference], list[Difference]]:
    """Return the differences that count, and those that the flavor's format explains."""
    patterns = [re.compile(pattern) for pattern in _KNOWN.get(flavor or "", ())]
    counted: list[Difference] = []
    explained: list[Difference] = []
    for each in found:
        is_known = any(pattern.match(each.path) for pattern in patterns)
        (explained if is_known else counted).append(each)
    return counted, explained


def split_runs(found: Sequence[Difference]) -> tuple[list[Difference], list[Difference]]:
    """Return the differences that count, and those that two runs of one training always have."""
    counted = [each for each in found if not _OF_THE_RUN.search(each.path)]
    return counted, [each for each in found if _OF_THE_RUN.search(each.path)]
