"""Pytest toolkit of the ``lineapy_store`` package: a temporary MLflow tracking server, so far.

Nothing heavy is imported here: pytest imports this package at every start where it is installed.
"""
