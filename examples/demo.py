"""Save real models and other values, read them back, and see where they went.

Models of the four flavors go to an MLflow tracking server that runs for as long as this script, a
DataFrame and a function fall back to the lineapy store. Nothing is kept: both are in a temporary
folder. The exit code is 1 if a value that comes back is not the one that was saved.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import logging
import os
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

# MLflow reads these when it is imported.
os.environ |= {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
}

from rich.console import Console
from rich.filesize import decimal
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import lineapy_store as lineapy
from pytest_lineapy.server import tracking_server

if TYPE_CHECKING:
    from collections.abc import Callable


class Example(NamedTuple):
    """A value to save, and what tells whether another value is the same."""

    name: str
    value: Any
    observe: Callable[[Any], Any]


def classifier() -> Example:
    """Train a classifier of scikit-learn on its measurements of breast cancers."""
    from acme import tumours

    model, inputs = tumours.train()
    return Example("tumour", model, lambda model: model.predict_proba(inputs))


def boosted_trees() -> Example:
    """Train boosted trees of XGBoost on scikit-learn's records of diabetes."""
    from acme import diabetes

    inputs = diabetes.train_inputs()
    return Example("diabetes", diabetes.train(), lambda model: model.predict(inputs))


def forecast() -> Example:
    """Fit Prophet to the page views that it tests itself with."""
    from acme import page_views

    future = page_views.forecast_inputs()
    return Example(
        "page-views",
        page_views.forecast(),
        lambda model: model.predict(future)["yhat"].to_numpy(),
    )


def regression() -> Example:
    """Fit statsmodels' ordinary least squares to Longley's data on employment."""
    from acme import employment

    model, inputs = employment.train()
    return Example("employment", model, lambda model: model.predict(inputs).to_numpy())


def data_frame() -> Example:
    """Take a table of text, numbers and dates."""
    import numpy as np
    import pandas as pd

    frame = pd.DataFrame(
        {
            "city": ["Lima", "Oslo", "Pune"],
            "degrees": [19.5, -3.0, np.nan],
            "day": pd.date_range("2024-01-01", periods=3),
        }
    )
    return Example("weather", frame, lambda frame: frame.to_dict("list"))


def function() -> Example:
    """Take a function that no module has, with a value that it closes over."""
    rate = 1.19
    return Example("gross", lambda net: net * rate, lambda gross: [gross(n) for n in range(100)])


class Row(NamedTuple):
    """What the table shows of a saved value."""

    name: str
    version: int
    backend: str
    reason: str
    size: int
    seconds: float
    equal: bool


def save_and_reload(example: Example) -> Row:
    """Save a value, read it back, and compare what the two do."""
    expected = example.observe(example.value)
    started = time.perf_counter()
    with warnings.catch_warnings(), contextlib.redirect_stderr(io.StringIO()):
        # The table tells which values fell back, and why; MLflow tells about every step.
        warnings.simplefilter("ignore", lineapy.FallbackWarning)
        lineapy.save(example.value, example.name, storage_backend="mlflow")
    artifact = lineapy.get(example.name)
    value = artifact.get_value()
    seconds = time.perf_counter() - started

    facts = artifact.get_metadata()["lineapy"]
    return Row(
        name=example.name,
        version=artifact.version,
        backend=facts["storage_backend"],
        reason=facts["reason"],
        size=facts["size"],
        seconds=seconds,
        equal=value is not example.value and equal(expected, example.observe(value)),
    )


def equal(left: Any, right: Any) -> bool:
    """Return whether both are the same, to the last bit; a missing value equals another."""
    import numpy as np

    try:
        np.testing.assert_equal(left, right)
    except AssertionError:
        return False
    return True


def table(rows: list[Row]) -> Table:
    """Lay out the results."""
    result = Table("name", "version", "backend", "reason", "size", "seconds", "equal")
    for row in rows:
        result.add_row(
            row.name,
            str(row.version),
            row.backend,
            row.reason,
            decimal(row.size),
            f"{row.seconds:.2f}",
            "[green]yes[/]" if row.equal else "[bold red]NO[/]",
        )
    return result


def main() -> int:
    """Run the demonstration; return the exit code."""
    logging.disable(logging.ERROR)  # what goes wrong is raised, and the rest is chatter
    # A log file has no width of its own.
    console = Console() if sys.stdout.isatty() else Console(width=140)
    makers = (
        classifier,
        boosted_trees,
        forecast,
        regression,
        data_frame,
        function,
    )
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="lineapy-demo-") as folder:
        columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
        with Progress(
            *columns, TimeElapsedColumn(), console=console, disable=not console.is_terminal
        ) as progress:
            task = progress.add_task("", total=2 * len(makers) + 2)

            def step(description: str) -> None:
                progress.update(task, description=description)
                if progress.disable:
                    console.print(description)

            step("import MLflow")
            importlib.import_module("mlflow")  # else the first save seems to take seconds
            progress.advance(task)
            step("start a temporary MLflow server")
            with tracking_server(Path(folder, "mlflow")) as server:
                progress.advance(task)
                lineapy.options.set("home_dir", str(Path(folder, "lineapy")))
                lineapy.options.set("mlflow_tracking_uri", server.url)
                for maker in makers:
                    step((maker.__doc__ or "").partition(".")[0])
                    example = maker()
                    progress.advance(task)
                    step(f"save and reload {example.name}")
                    rows.append(save_and_reload(example))
                    progress.advance(task)
            progress.update(task, description="done")
    console.print(table(rows))
    return 0 if all(row.equal for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
