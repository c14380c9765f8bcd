"""A process that saves and loads for long: all that it holds levels off."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.faults import MakeTrials, Trials

_TIMES = 40  # that each run is measured
#: By how much something may grow in the second half of a run, where the slope of a line through
#: what was measured says so.
_LEVEL = {
    "memory": 2_000_000,
    "objects": 300,
    "open files": 0.5,
    "threads": 2,  # those that MLflow has ended may take a moment
    "temporary files": 0.5,
    "places of modules": 0.5,
}

#: What takes hundreds of saves to do so.
_SLOW = ("memory", "objects")

_MEASURE = """
import gc, json, os, sys, tempfile, threading
from pathlib import Path
from lineapy_store import Store, StoreError

folder, rounds, times, url = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
temporary = folder / "temporary"
temporary.mkdir()
tempfile.tempdir = str(temporary)
os.fsync = lambda descriptor: None  # nothing has to survive a power cut
wrong, expected = 0, StoreError

def measure(number):
    if number % max(1, rounds // times):
        return
    gc.collect()
    print(json.dumps({
        "number": number,
        "wrong": wrong,
        "memory": int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"),
        "objects": len(gc.get_objects()),
        "open files": len(os.listdir("/proc/self/fd")),
        "threads": threading.active_count(),
        "temporary files": sum(len(files + folders) for _, folders, files in os.walk(temporary)),
        "places of modules": len(sys.path),
    }), flush=True)

def fail(save):
    try:
        save()
    except expected:
        return 0
    return 1
"""

_ANY_VALUES = """
with Store(home_dir=folder / "home") as store:
    for number in range(1, rounds + 1):
        name = f"name-{number % 100}"
        value = [number, {"n": [number] * 50}, "x" * (number % 5000)][number % 3]
        saved = []
        if number % 10:
            saved.append(store.save(value, name))
        else:  # as where each request has a thread
            thread = threading.Thread(target=lambda: saved.append(store.save(value, name)))
            thread.start()
            thread.join()
        wrong += saved[0].get_value() != value
        if number % 10 == 0:
            wrong += store.get(name).get_value() != value
        if number % 50 == 0:
            wrong += fail(lambda: store.save(threading.Lock(), name))
            wrong += fail(lambda: store.get("none"))
            store.delete(name, saved[0].version)
            with Store(home_dir=folder / "home") as other:
                wrong += len(other.artifact_store().search(name="name-1")) == 0
        if number % 1000 == 0:
            store.gc()
        measure(number)
"""

_MODELS = """
import numpy
from mlflow.exceptions import MlflowException
from mlflow.tracking._tracking_service.utils import _artifact_repos_cache
from sklearn.linear_model import LinearRegression

expected = (StoreError, MlflowException)
helper = folder / "helper.py"
helper.write_text("FACTOR = 2")
with Store(home_dir=folder / "home", mlflow_tracking_uri=url) as store:
    for number in range(1, rounds + 1):
        model = LinearRegression()
        model.coef_, model.intercept_ = numpy.arange(5.0) + number, 0.0
        code = {"code_paths": [str(helper)]} if number % 2 else {}
        saved = store.save(model, f"{folder.name}-{number % 10}", **code)
        wrong += (saved.get_value().coef_ != model.coef_).any()
        if number % 10 == 0:
            wrong += fail(lambda: store.save(model, saved.name, serialization_format="none"))
            store.delete(saved.name, saved.version)
        # MLflow's own, which holds up to 1,024.
        _artifact_repos_cache.clear()
        wrong = int(wrong)
        measure(number)
"""


def use(folder: Path, script: str, rounds: int, url: str = "") -> list[dict[str, Any]]:
    """Run a script, and return what it measured."""
    arguments = [str(folder), str(rounds), str(_TIMES), url]
    done = subprocess.run(  # noqa: S603 - the scripts above
        [sys.executable, "-c", _MEASURE + script, *arguments],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=folder,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]


def count(trials: Trials, measured: list[dict[str, Any]]) -> None:
    """Count every save and load as tried, and what has grown as wrong."""
    half = [each for each in measured if each["number"] > trials.rounds / 2]
    numbers = [each["number"] for each in half]
    assert len(numbers) > 2
    for number in trials:
        if number == trials.rounds - 1:
            trials.lost += measured[-1]["wrong"]
            for what, limit in _LEVEL.items():
                if what in _SLOW and trials.rounds < 200:
                    continue
                slope = statistics.linear_regression(numbers, [each[what] for each in half]).slope
                print(what, [each[what] for each in measured], slope)  # noqa: T201 - if it fails
                trials.wrong += slope * (numbers[-1] - numbers[0]) > limit
    trials.check()


def test_a_process_that_saves_and_loads_for_long(tmp_path: Path, trials_of: MakeTrials) -> None:
    """Memory, objects, open files, threads and temporary files level off; all comes back."""
    trials = trials_of("Long use: values", rounds=20_000, few=100)
    count(trials, use(tmp_path, _ANY_VALUES, trials.rounds))


def test_a_process_that_saves_and_loads_models_for_long(
    tmp_path: Path, trials_of: MakeTrials, request: pytest.FixtureRequest
) -> None:
    """The same with models in MLflow, some with code."""
    trials = trials_of("Long use: models in MLflow", rounds=200, few=0)
    if not trials.rounds:
        return  # it takes the import of MLflow, and many rounds to see something
    pytest.importorskip("mlflow", reason="the models are to be in MLflow")
    pytest.importorskip("sklearn", reason="the models are of sklearn")
    url = request.getfixturevalue("mlflow_server_url")
    count(trials, use(tmp_path, _MODELS, trials.rounds, url))
