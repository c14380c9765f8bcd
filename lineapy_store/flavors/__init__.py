"""Which MLflow flavor fits a value, what ``log_model`` needs to know of it, its requirements.

Nothing here imports MLflow or a model library before a value of that library is looked at.
"""

from __future__ import annotations

from lineapy_store.flavors._flavor import Flavor, Prepared
from lineapy_store.flavors._table import FLAVORS, find, mlflow_missing, named
from lineapy_store.flavors.requirements import (
    Requirements,
    infer_requirements,
    package_versions,
)

__all__ = [
    "FLAVORS",
    "Flavor",
    "Prepared",
    "Requirements",
    "find",
    "infer_requirements",
    "mlflow_missing",
    "named",
    "package_versions",
]
