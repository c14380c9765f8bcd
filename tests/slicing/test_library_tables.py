"""What the tables say of libraries is what these do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from lineapy_store import differences
from lineapy_store.slicing._library import Library

pytest.importorskip("sklearn", reason="the tables that are compared are those of scikit-learn")
from sklearn.utils import all_estimators

if TYPE_CHECKING:
    from collections.abc import Iterator

INPUTS = np.abs(np.sin(np.arange(80.0))).reshape(20, 4) + 0.1
OTHERS = np.abs(np.cos(np.arange(48.0))).reshape(16, 3) + 0.1
LABELS = np.arange(20) % 3
OTHER_LABELS = np.arange(16) % 2
#: The others need other data, or a model to begin with.
LEAST = 150


def estimators() -> Iterator[type[Any]]:
    """Yield the estimators that can be made without arguments and fitted to the inputs."""
    for _, cls in all_estimators():
        try:
            made(cls).fit(OTHERS, OTHER_LABELS)
            made(cls).fit(INPUTS, LABELS)
        except (AttributeError, TypeError, ValueError, NotImplementedError):
            continue
        yield cls


def made(cls: type[Any]) -> Any:
    """Make an estimator, a small one that leaves nothing to chance where it can be told to."""
    model = cls()
    wanted = {"random_state": 0, "n_estimators": 3, "max_iter": 20}
    return model.set_params(**{k: v for k, v in wanted.items() if k in model.get_params()})


@pytest.mark.filterwarnings("ignore")
def test_estimators_forget_when_they_are_fitted_again() -> None:
    """Fitted to one table and then to another, they are as if they had seen only the second."""
    count = 0
    for cls in estimators():
        again = made(cls).fit(INPUTS, LABELS).fit(OTHERS, OTHER_LABELS)
        assert not differences(made(cls).fit(OTHERS, OTHER_LABELS), again), cls
        count += 1
    assert count >= LEAST


@pytest.mark.filterwarnings("ignore")
def test_steady_estimators_draw_no_random_numbers() -> None:
    """Those of which the table says so leave numpy's generator as it is."""
    library, count = Library(), 0
    for cls in estimators():
        name = f"{cls.__module__.rpartition('._')[0]}.{cls.__name__}"
        returns = library.about(name).returns
        if returns != "holder:sklearn.steady":
            continue
        before = np.random.get_state()  # noqa: NPY002 - the one that they would use
        cls().fit(INPUTS, LABELS)
        assert not differences(before, np.random.get_state()), cls  # noqa: NPY002 - as above
        count += 1
    assert count > 30
