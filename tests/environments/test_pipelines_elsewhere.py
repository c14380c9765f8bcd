"""A pipeline runs in an environment that is built from its own requirements."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lineapy_store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from tests.plugins.new_environment import build_environment, run
else:
    from new_environment import build_environment, run

pytest.importorskip("sklearn", reason="the pipeline trains a model")

pytestmark = pytest.mark.environments

SCRIPT = """
import lineapy_store as lineapy
import pandas as pd
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

iris = load_iris(as_frame=True)
frame = iris.frame.assign(area=lambda each: each.iloc[:, 0] * each.iloc[:, 1])
lineapy.save(frame, "features")
rounds = 500
model = LogisticRegression(max_iter=rounds).fit(frame.drop(columns="target"), frame["target"])
lineapy.save(model, "model")
"""
DRIVER = """
import json, it_module
made = it_module.run_all_sessions(rounds=500)
print(json.dumps([made["model"].coef_.tolist(), made["features"].to_numpy().tolist()]))
"""


def test_a_pipeline_makes_the_same_elsewhere(tmp_path: Path) -> None:
    """With what its requirements name and nothing else, it makes what was saved, bit for bit."""
    (tmp_path / "main.py").write_text(SCRIPT, encoding="utf-8")
    home = str(tmp_path / "home")
    subprocess.run(
        [sys.executable, "main.py"],
        cwd=tmp_path,
        env=os.environ | {"LINEAPY_HOME_DIR": home},
        check=True,
    )
    with Store(home_dir=home) as store:
        folder = store.to_pipeline(
            ["features", "model"],
            pipeline_name="it",
            input_parameters=["rounds"],
            output_dir=tmp_path / "out",
        )
        saved = [
            store.get("model").get_value().coef_.tolist(),
            store.get("features").get_value().to_numpy().tolist(),
        ]
    (folder / "driver.py").write_text(DRIVER, encoding="utf-8")
    python = build_environment(tmp_path / "environment", folder / "it_requirements.txt")
    assert json.loads(run(python, "driver.py", cwd=folder)) == saved
    assert "features" in run(python, "it_module.py", cwd=folder)
