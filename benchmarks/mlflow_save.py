"""Saving a fitted scikit-learn model in MLflow on SQLite, against plain ``log_model``.

Three ways to log and register the same model, in one process and taking turns: this library without
``pip_requirements``; ``mlflow.sklearn.log_model`` called the plain way, which infers requirements;
and ``log_model`` with ``pip_requirements`` given. Then the first call of the first two in fresh
processes, with the imports of both, which MLflow puts off until the first call, made beforehand.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"

import git  # noqa: F401 - by MLflow, at the first call
import mlflow.pyfunc
import mlflow.sklearn
import skops.io  # noqa: F401 - by MLflow, at the first call
from mlflow.store.db.utils import _initialize_tables, create_sqlalchemy_engine_with_retry
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

from lineapy_store import Store

if TYPE_CHECKING:
    from collections.abc import Callable

WARM_ROUNDS = 15
PLAIN_ROUNDS = 3
FRESH_ROUNDS = 3
REQUIREMENTS = ["numpy", "pandas", "scikit-learn", "scipy", "skops"]


def ways(folder: Path) -> dict[str, Callable[[], Any]]:
    """Returns the three calls, each with an existing database of its own in ``folder``."""
    model = LogisticRegression(max_iter=500).fit(*load_iris(return_X_y=True))
    uris = {}
    for way in ("store", "plain", "given"):
        uris[way] = f"sqlite:///{folder / way}.db"
        engine = create_sqlalchemy_engine_with_retry(uris[way])
        _initialize_tables(engine)
        engine.dispose()
        mlflow.MlflowClient(uris[way]).search_experiments()
    store = Store(home_dir=folder / "home", mlflow_tracking_uri=uris["store"])
    store.save(1, "the catalog, made beforehand as MLflow's database is")

    def log(way: str, **arguments: Any) -> None:
        mlflow.set_tracking_uri(uris[way])
        mlflow.sklearn.log_model(model, name="clf", registered_model_name="clf", **arguments)

    return {
        "store": lambda: store.save(model, "clf"),
        "plain": lambda: log("plain"),
        "given": lambda: log("given", pip_requirements=REQUIREMENTS),
    }


def seconds(call: Callable[[], Any]) -> float:
    """Returns how long a call takes, without what it prints."""
    with contextlib.redirect_stderr(io.StringIO()):
        started = time.perf_counter()
        call()
        return time.perf_counter() - started


def warm(folder: Path) -> None:
    """Compares the three ways once everything is imported and connected."""
    calls = ways(folder)
    times: dict[str, list[float]] = {way: [] for way in calls}
    for way in ("store", "given"):
        seconds(calls[way])
    for number in range(WARM_ROUNDS):
        for way, call in calls.items():
            if way != "plain" or number < PLAIN_ROUNDS:
                times[way].append(seconds(call))
    medians = {way: statistics.median(values) for way, values in times.items()}
    print("warm, median seconds:", {way: round(value, 4) for way, value in medians.items()})
    print(f"  store / plain log_model = 1/{medians['plain'] / medians['store']:.0f} (goal: 1/100)")
    print(
        "  store / log_model with pip_requirements = "
        f"{medians['store'] / medians['given']:.2f} (goal: at most 1.3)"
    )


def fresh() -> None:
    """Compares the first call in a new process."""
    times: dict[str, list[float]] = {"store": [], "plain": []}
    for _ in range(FRESH_ROUNDS):
        for way, values in times.items():
            done = subprocess.run(  # noqa: S603 - this very file
                [sys.executable, __file__, way], capture_output=True, text=True, check=True
            )
            values.append(float(done.stdout.splitlines()[-1]))
    medians = {way: statistics.median(values) for way, values in times.items()}
    print("first in a process, median seconds:", {k: round(v, 3) for k, v in medians.items()})
    print(f"  store / plain log_model = 1/{medians['plain'] / medians['store']:.0f} (goal: 1/20)")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        if len(sys.argv) > 1:
            print(seconds(ways(Path(name))[sys.argv[1]]))
        else:
            warm(Path(name))
            fresh()
        os.chdir("/")
