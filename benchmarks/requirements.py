"""What it costs to find a flavor, prepare the arguments and infer the requirements of a model.

Each line sets our own way beside MLflow's inference in one run: the first model of a fresh process
(imports aside), and the median of further ones. MLflow's is the same either time, since it starts
an interpreter of its own that loads the model.
"""

from __future__ import annotations

import importlib
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

ROUNDS = 20
MODELS = ("linear model", "pipeline with XGBoost", "forest of 100", "XGBClassifier", "OLS formula")


def train(name: str) -> Any:
    """A fitted model of the given name."""
    from sklearn.datasets import load_iris

    inputs, labels = load_iris(return_X_y=True, as_frame=True)
    inputs.columns = list("abcd")
    if name == "OLS formula":
        import statsmodels.formula.api as smf

        return smf.ols("d ~ a + I(b ** 2)", inputs).fit()
    from sklearn.ensemble import RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from xgboost import XGBClassifier

    model = {
        "linear model": LogisticRegression(max_iter=1000),
        "pipeline with XGBoost": make_pipeline(StandardScaler(), XGBClassifier(n_estimators=20)),
        "forest of 100": RandomForestClassifier(100),
        "XGBClassifier": XGBClassifier(n_estimators=20),
    }[name]
    return model.fit(inputs, labels)


def look(model: Any) -> dict[str, Any]:
    """All that a save asks of the flavors."""
    from lineapy_store import flavors

    flavor = flavors.find(model)
    if flavor is None or flavor.obstacle(model):
        raise TypeError(f"{model!r} has no flavor")
    arguments = dict(flavor.prepare(model, {}).arguments)
    flavors.infer_requirements(model, flavor, arguments)
    return arguments


def seconds(function: Any, *arguments: Any, **options: Any) -> float:
    """Wall-clock time of one call."""
    start = time.perf_counter()
    function(*arguments, **options)
    return time.perf_counter() - start


def measure(name: str) -> None:
    """Print one model's line; run in a process of its own, so that its first is a first."""
    warnings.simplefilter("ignore")
    from lineapy_store import flavors

    model = train(name)
    flavor = flavors.find(model)
    if flavor is None:
        raise TypeError(f"{model!r} has no flavor")
    module = importlib.import_module(flavor.module)
    importlib.import_module("skops.io")
    first = seconds(look, model)
    warm = statistics.median(seconds(look, model) for _ in range(ROUNDS))
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder, "model"))
        module.save_model(model, path, pip_requirements=[], **look(model))
        infer = importlib.import_module("mlflow.models").infer_pip_requirements
        theirs = seconds(infer, path, flavor.name)
    print(
        f"{name:<22} first {first * 1e3:6.1f} ms (1/{theirs / first:.0f})"
        f"   warm {warm * 1e3:6.2f} ms (1/{theirs / warm:.0f})   MLflow {theirs:5.1f} s",
        flush=True,
    )


def main() -> None:
    """Measure every model."""
    print("finding, preparing and inferring, and its part of what MLflow's inference takes")
    for name in MODELS:
        environment = os.environ | {"MLFLOW_DISABLE_TELEMETRY": "true"}
        command = [sys.executable, __file__, name]
        subprocess.run(command, env=environment, check=True, timeout=300)  # noqa: S603 - this script


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        main()
