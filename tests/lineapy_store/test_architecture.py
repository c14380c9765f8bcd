"""What importing the packages costs, and where they are imported from."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_HEAVY = {
    *("alembic", "fsspec", "hypothesis", "matplotlib", "mlflow", "numpy", "pandas", "prophet"),
    *("psycopg", "pytest", "s3fs", "scipy", "sklearn", "sqlalchemy", "statsmodels", "xgboost"),
}


@pytest.mark.parametrize(
    "statement",
    [
        "import lineapy_store",
        "import lineapy_store; lineapy_store.options.get('home_dir')",
        "import lineapy_store; lineapy_store.Store",
        "import pytest_lineapy",
    ],
)
def test_import_is_light(statement: str, tmp_path: Path) -> None:
    """A fresh interpreter that imports the package has loaded no library that takes long."""
    report = "; import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    result = subprocess.run(  # noqa: S603 - the command is ours
        [sys.executable, "-c", statement + report],
        cwd=tmp_path,
        env=os.environ | {"LINEAPY_HOME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert _HEAVY.isdisjoint(result.stdout.split())


@pytest.mark.skipif("TOX_ENV_NAME" not in os.environ, reason="only tox installs the built wheel")
@pytest.mark.parametrize("package", ["lineapy_store", "pytest_lineapy"])
def test_tests_import_what_was_installed(package: str) -> None:
    """Under tox, what is tested is the built wheel and not the checkout."""
    spec = importlib.util.find_spec(package)
    assert spec is not None
    assert spec.origin is not None
    assert spec.origin.startswith(sysconfig.get_path("purelib"))
