"""Virtual environments that tests build, and what runs in them."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def run(*command: object, **options: Any) -> str:
    """Runs a command outside of this environment, and fails with what it printed."""
    env = {name: text for name, text in os.environ.items() if not name.startswith("PYTHON")}
    result: subprocess.CompletedProcess[str] = subprocess.run(  # noqa: S603 - our own commands
        [str(part) for part in command],
        env=env | {"MLFLOW_ALLOW_PICKLE_DESERIALIZATION": "true"},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
        **options,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def build_environment(folder: Path, requirements: Path) -> Path:
    """Makes a virtual environment from a requirements file, with uv if there is one.

    Returns:
        Its interpreter.
    """
    python = folder / "bin" / "python"
    uv = shutil.which("uv")
    with contextlib.suppress(AssertionError):  # a uv that is only a shim
        if uv and run(uv, "--version"):
            run(uv, "venv", "--python", sys.executable, folder)
            run(uv, "pip", "install", "--python", python, "-r", requirements)
            return python
    run(sys.executable, "-m", "venv", folder)
    run(python, "-m", "pip", "install", "-r", requirements)
    return python
