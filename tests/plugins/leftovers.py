"""What no version of a store refers to, told from files, rows and MLflow instead of by its gc."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lineapy_store import Store

Leftovers = set[tuple[str, str]]
"""Kinds and names, as gc calls them."""


def leftovers_of(store: Store) -> Leftovers:
    """Return what gc should find in a store of which nothing but its home folder is configured.

    Its database may be PostgreSQL, and its MLflow a database in which nobody else has anything.
    """
    home = Path(str(store.options.get("home_dir")))
    files = {path for path in home.rglob("*") if path.is_file()}
    content = {path for path in files if path.is_relative_to(home / "content")}
    assert {path.name.partition("-")[0] for path in files - content} <= {"catalog.sqlite"}
    needed = {each.get_metadata().lineapy.digest for each in store.artifact_store()}
    waiting = store._catalog().reservations()  # noqa: SLF001 - nothing public shows them
    found = {("reservation", each.artifact_id) for each in waiting}
    found |= {
        ("temporary file" if path.parent.name == "tmp" else "content", path.name)
        for path in content
        if path.name not in needed
    }
    return found | _in_mlflow(store)


def gc(store: Store, *, dry_run: bool = False) -> Leftovers:
    """Return what gc finds, in MLflow too, and removes unless told otherwise."""
    found = store.gc(dry_run=dry_run, mlflow=store.options.get("mlflow_tracking_uri") is not None)
    return {(each.kind, each.name) for each in found}


def _in_mlflow(store: Store) -> Leftovers:
    uri = store.options.get("mlflow_tracking_uri")
    if uri is None:
        return set()
    from mlflow import MlflowClient  # noqa: PLC0415 - there is an environment without it

    client = MlflowClient(uri)
    models = {each.model_id for each in client.search_logged_models(["0"], max_results=1000)}
    versions = {(each.name, str(each.version)) for each in client.search_model_versions()}
    names = {each.name for each in client.search_registered_models()}
    for artifact in store.artifact_store():
        known = artifact.get_metadata().mlflow
        models.remove(known.model_uri.rpartition("/")[2])
        versions.remove((known.registered_model_name, str(known.registered_model_version)))
        names.discard(known.registered_model_name)
    return (
        {("logged model", each) for each in models}
        | {("model version", f"{name} {number}") for name, number in versions}
        | {("registered model", each) for each in names}
    )
