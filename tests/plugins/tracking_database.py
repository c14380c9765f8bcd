"""SQLite tracking databases, copied from one that is migrated once."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture(scope="session")
def mlflow_database(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], str]:
    """Returns a function that makes an empty tracking database at a path, and gives its URI."""
    utils = pytest.importorskip("mlflow.store.db.utils", reason="the database is MLflow's")
    template = tmp_path_factory.mktemp("mlflow") / "template.db"
    engine = utils.create_sqlalchemy_engine_with_retry(f"sqlite:///{template}")
    utils._initialize_tables(engine)  # noqa: SLF001 - "mlflow db upgrade", which has no public function
    engine.dispose()

    def make(path: Path) -> str:
        shutil.copyfile(template, path)
        return f"sqlite:///{path}"

    return make
