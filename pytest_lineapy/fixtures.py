"""The public fixtures: one of each kind that ``factories`` makes."""

from __future__ import annotations

from pytest_lineapy import factories

__all__ = [
    "lineapy_fresh_store",
    "lineapy_store",
    "lineapy_store_mlflow",
    "mlflow_server",
    "mlflow_tracking",
]

mlflow_server = factories.mlflow_server()
mlflow_tracking = factories.mlflow_tracking()
lineapy_store = factories.lineapy_store()
lineapy_store_mlflow = factories.lineapy_store(tracking="mlflow_tracking")
lineapy_fresh_store = factories.lineapy_fresh_store()
