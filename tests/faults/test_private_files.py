"""Files and folders of a store, and of a run with the plugin, that nobody else can open."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.faults import MakeTrials
    from tests.plugins.inner_pytest import InnerPytest
    from tests.plugins.runs import run_pytest
else:
    from runs import run_pytest


# Does what the argument says with a umask, and looks at every file and folder below some others
# whenever a function has returned with which the system makes one. Prints how many it has seen,
# and those that were open to more than was asked for, as JSON.
_WATCHED = """
import json, os, pathlib, stat, sys, threading

umask, program, *roots = sys.argv[1:]
seen, wide = set(), set()
calls = {"open", "mkdir", "replace", "rename", "connect", "execute", "commit", "mkdtemp"}

def look():
    for root in roots:
        for folder, folders, files in os.walk(root):
            for name in folders + files:
                path = os.path.join(folder, name)
                try:
                    status = os.lstat(path)
                except FileNotFoundError:
                    continue
                private = 0o700 if stat.S_ISDIR(status.st_mode) else 0o600
                asked = private & ~int(umask, 8)
                seen.add((status.st_ino, stat.S_IMODE(status.st_mode)))
                if stat.S_IMODE(status.st_mode) & ~asked and not is_of_mlflow(path, root):
                    wide.add((path.removeprefix(root), oct(stat.S_IMODE(status.st_mode))))

def is_of_mlflow(path, root):
    # In temporary folders, which themselves are private, it writes with modes of its own.
    below = pathlib.Path(path).relative_to(root).parts[1:]
    return "mlflow" in sys.modules and root == roots[-1] and below

def watch(frame, event, called):
    if event == "c_return" and called.__name__ in calls:
        sys.setprofile(None)
        look()
        sys.setprofile(watch)

os.umask(int(umask, 8))
threading.setprofile(watch)
sys.setprofile(watch)
problem = ""
try:
    exec(program)
except Exception as error:
    from lineapy_store import StoreError
    problem = f"{type(error).__name__}: {error}"
    if not isinstance(error, StoreError):
        raise
finally:
    sys.setprofile(None)
look()
print(json.dumps([len(seen), sorted(wide), problem]))
"""
_STORE = """
import pathlib, sys
import numpy as np
from lineapy_store import Store
home = pathlib.Path(roots[0], "new", "home")
for place in (None, home.parent / "content" / "elsewhere"):
    with Store(home_dir=home, artifact_storage_dir=place) as store:
        first = store.save([1], "small")
        large = store.save(np.zeros(4 << 20), "large")
        large.get_value(mmap_mode="r")
        store.save([2], "small").set_alias("newest")
        for artifact in store.artifact_store():
            artifact.verify()
        store.delete("small", first.version)
        store.gc()
with Store(home_dir=home.parent / "other", database_url=f"sqlite:///{home}/sub/other.db") as store:
    store.save([1], "small")
"""
_MODELS = """
import pathlib
from sklearn.linear_model import LinearRegression
from lineapy_store import Store
tracking = f"sqlite:///{roots[0]}-mlflow/mlflow.db"
with Store(home_dir=pathlib.Path(roots[0], "home"), mlflow_tracking_uri=tracking) as store:
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    store.save(model, "model", code_paths=[roots[0] + "-mlflow/code"]).get_value()
    store.get("model").verify()
    store.save([1], "list")
"""
_USUAL = (0o000, 0o002, 0o022, 0o027, 0o077)
# With these even the owner may not use what is made, unless that is root.
_STRICT = (0o177, 0o277, 0o377, 0o777)


def _watched(program: str, umask: int, roots: list[Path]) -> tuple[int, list[list[str]], str]:
    for root in roots:
        root.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-c", _WATCHED, f"{umask:o}", program, *map(str, roots)],
        env=os.environ | {"TMPDIR": str(roots[-1])},
        cwd=roots[0].parent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    count, wide, problem = json.loads(done.stdout.splitlines()[-1])
    return count, wide, problem


def test_files_of_a_store(tmp_path: Path, trials_of: MakeTrials) -> None:
    """Files are 0600 and folders 0700, or less if the umask says so, from their first moment on."""
    pytest.importorskip("numpy", reason="a large array is written in another way")
    umasks = [*_USUAL, *_STRICT]
    trials = trials_of("files of a store under a umask", rounds=len(umasks), few=2)
    for number in trials:
        umask = umasks[number]
        folder = tmp_path / f"{umask:03o}"
        count, wide, problem = _watched(_STORE, umask, [folder / "root", folder / "tmp"])
        assert umask in _STRICT or (count > 20 and problem == "")
        assert wide == []
        trials.wrong += len(wide)
    trials.check()


def test_files_of_models(tmp_path: Path, trials_of: MakeTrials) -> None:
    """What is kept of models, and copies of them, are in folders that nobody else can enter."""
    trials = trials_of("files of models under a umask", rounds=1, few=0)
    if not trials.rounds:
        return  # it takes the import of MLflow
    pytest.importorskip("mlflow", reason="models are MLflow's")
    pytest.importorskip("sklearn", reason="the model is scikit-learn's")
    for number in trials:
        umask = _USUAL[number]
        folder = tmp_path / f"{umask:03o}"
        code = folder / "root-mlflow" / "code"
        code.mkdir(parents=True)
        (code / "helper.py").touch()
        count, wide, problem = _watched(_MODELS, umask, [folder / "root", folder / "tmp"])
        assert count > 20
        assert problem == ""
        assert wide == []
        trials.wrong += len(wide)
    trials.check()


# What somebody else could open in the temporary folder, whenever a test or one of its phases ends.
_CONFTEST = """
import contextlib, os, pathlib, stat

os.umask(0)
ROOTS = [pathlib.Path(os.environ["TMPDIR"]), pathlib.Path("content").absolute()]
OWN = ROOTS[0] / f"pytest-lineapy-{os.getuid()}"  # whose files are private, too
seen = set()

def open_to_others(folder):
    for path in folder.iterdir():
        with contextlib.suppress(FileNotFoundError):
            mode = path.lstat().st_mode
            seen.add(str(path))
            if stat.S_IMODE(mode) & 0o077:
                yield str(path)
            if stat.S_ISDIR(mode) and (stat.S_IMODE(mode) & 0o077 or path.is_relative_to(OWN)):
                yield from open_to_others(path)

def pytest_runtest_logreport(report):
    for root in ROOTS:
        for path in open_to_others(root):
            with open("open.txt", "a") as file:
                file.write(f"{report.nodeid} {report.when}: {path}\\n")

def pytest_sessionfinish():
    pathlib.Path("seen.txt").write_text(str(len(seen)))
"""
_TESTS = """
import pathlib
import mlflow, pytest
from sklearn.linear_model import LinearRegression

@pytest.fixture
def model():
    return LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])

def test_server(mlflow_server, lineapy_store_mlflow, model):
    lineapy_store_mlflow.save(model, "model").get_value()
    lineapy_store_mlflow.save([1], "list").get_value()
    below = [path for path in mlflow_server.folder.rglob("*")]
    assert len(below) > 10
    for path in below:
        assert path.lstat().st_mode & 0o077 == 0, path

@pytest.mark.lineapy(mlflow="sqlite")
def test_sqlite(lineapy_store_mlflow, model):
    lineapy_store_mlflow.save(model, "model").get_value()

def test_fresh(lineapy_fresh_store):
    with lineapy_fresh_store() as store:
        store.save([1], "list")

def test_checks(lineapy_roundtrip, model):
    lineapy_roundtrip(model, inputs=[[0.0]])

@pytest.mark.lineapy(mlflow="sqlite")
def test_kept(lineapy_store_mlflow, model):
    lineapy_store_mlflow.save(model, "model")
    assert not model
"""


def test_files_of_a_run(inner: InnerPytest, trials_of: MakeTrials) -> None:
    """Nobody else can open what the fixtures, the checks and the server make in a run."""
    trials = trials_of("files of a run of pytest under a umask", rounds=1, few=0)
    if not trials.rounds:
        return  # it takes the start of a tracking server
    pytest.importorskip("mlflow", reason="the tracking server is MLflow's")
    pytest.importorskip("sklearn", reason="the model is scikit-learn's")
    for _ in trials:
        inner.write(_TESTS)
        (inner.path / "conftest.py").write_text(_CONFTEST)
        (inner.path / "content").mkdir()
        with run_pytest(
            inner, "--lineapy-mlflow=server", "--lineapy-artifact-dir=content", "--lineapy-keep"
        ) as run:
            output = run.output(280)
        assert "1 failed, 4 passed" in output, output
        assert int((inner.path / "seen.txt").read_text()) > 10
        told = inner.path / "open.txt"
        wide = told.read_text().splitlines() if told.exists() else []
        trials.wrong += len(wide)
        assert wide == []
    trials.check()
