"""Pipelines of sessions as people write them: each passes its own test, in a new process."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lineapy_store import Store

LIBRARY = "import lineapy_store as lineapy\n"


@pytest.fixture
def piped(
    ran: Callable[..., Store], tmp_path: Path, run_python: Callable[..., Any]
) -> Callable[..., str]:
    """Runs sessions, then the test of their pipeline, and returns the text of its module."""

    def piped(sources: str | list[str], names: list[str], **given: Any) -> str:
        sources = [sources] if isinstance(sources, str) else sources
        store = ran(*(LIBRARY + source for source in sources))
        folder = store.to_pipeline(
            names, pipeline_name="it", output_dir=tmp_path / "out", generate_test=True, **given
        )
        undefined = ("check", "--isolated", "--ignore-noqa", "--select=F821", str(folder))
        subprocess.run([sys.executable, "-m", "ruff", *undefined], check=True)  # noqa: S603 - ours
        options = ("-p", "no:cacheprovider", "-p", "no:randomly", "--rootdir", str(folder))
        assert f"{len(names)} passed" in run_python("-m", "pytest", *options, cwd=folder).stdout
        return (folder / "it_module.py").read_text(encoding="utf-8")

    return piped


EXPRESSIONS: dict[str, tuple[str, list[str]]] = {
    "what fit returns": (
        (
            "class Model:\n    def fit(self, rows):\n        self.rows = rows\n"
            "        return self\n\n    def predict(self, rows):\n"
            "        return [row in self.rows for row in rows]\n\n\n"
            "rows = [1, 2]\nmodel = Model()\nlineapy.save(model.fit(rows), 'model')\n"
            "lineapy.save(model.predict([2, 3]), 'predicted')\n"
        ),
        ["model", "predicted"],
    ),
    "what is taken out, and the rest": (
        "x = [1, 2, 3]\nlineapy.save(x.pop(), 'last')\nlineapy.save(x, 'rest')\n",
        ["last", "rest"],
    ),
    "one after the other": (
        "it = iter([4, 5])\nlineapy.save(next(it), 'a')\nlineapy.save(next(it), 'b')\n",
        ["a", "b"],
    ),
    "names that are taken": (
        (
            "x = [1, 2, 3]\nlineapy.save(x.pop(), 'sum')\nlineapy.save(sum(x), 'x')\n"
            "lineapy.save(x.pop(), 'a b')\nlineapy.save(x.pop(), 'a_b')\n"
            "lineapy.save(x * 2, 'copy')\n"
        ),
        ["sum", "x", "a b", "a_b", "copy"],
    ),
}


@pytest.mark.parametrize("source, names", EXPRESSIONS.values(), ids=EXPRESSIONS)  # noqa: PT006 - one text
def test_expressions_that_are_saved(
    piped: Callable[..., str], source: str, names: list[str]
) -> None:
    """What evaluating one does, others may need: it is evaluated once, and handed over."""
    text = piped(source, names)
    assert all(text.count(call) <= source.count(call) for call in ("fit(rows)", "pop()", "next("))


def test_the_models_of_a_library(piped: Callable[..., str]) -> None:
    """The fitted model is one artifact, and what it predicts another."""
    pytest.importorskip("sklearn", reason="its models are what is saved")
    text = piped(
        "from sklearn.linear_model import LinearRegression\n"
        "model = LinearRegression()\nX = [[0.0], [1.0]]\n"
        "lineapy.save(model.fit(X, [0.0, 2.0]), 'model')\n"
        "lineapy.save(model.predict([[2.0]]), 'predicted')\n",
        ["model", "predicted"],
    )
    assert "def get_predicted(model)" in text
