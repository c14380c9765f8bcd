"""What a save has made in MLflow: found by its tag, and removed when nothing came of the save."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import TYPE_CHECKING, Any

from lineapy_store.backends.mlflow_arguments import ARTIFACT_ID_TAG, NAME_TAG

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

GONE = "RESOURCE_DOES_NOT_EXIST"

_AT_ONCE = 100  # experiments that one search is about


@dataclasses.dataclass(frozen=True)
class Remains:
    """What is in MLflow of a save.

    Attributes:
        versions: Names and numbers of model versions.
        models: Ids of logged models.
        registered: Name of the registered model that was made for it and is for nothing else.
    """

    versions: Sequence[tuple[str, str]] = ()
    models: Sequence[str] = ()
    registered: str | None = None

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Yields the kind and the name of each, as people call them."""
        yield from (("model version", f"{name} {number}") for name, number in self.versions)
        yield from (("logged model", model) for model in self.models)
        if self.registered is not None:
            yield "registered model", self.registered

    def remove(self, client: Any, is_registering: Callable[[str], bool]) -> None:
        """Removes all of it; what is gone already is fine.

        Args:
            client: Of the server.
            is_registering: See `delete_if_ours_and_empty`.
        """
        for name, number in self.versions:
            with gone_is_fine():
                client.delete_model_version(name, number)
        for model in self.models:
            with gone_is_fine():
                client.delete_logged_model(model)
        if self.registered is not None:
            delete_if_ours_and_empty(client, self.registered, is_registering)


def remains_of(
    client: Any,
    artifact_id: str,
    registered: str | None,
    experiments: Sequence[str],
    record: Mapping[str, Any] | None = None,
) -> Remains:
    """Returns what there is of a save, without what came of it and what people use.

    Args:
        client: Of the server.
        artifact_id: Of the save; only what has its tag is looked at.
        registered: The name under which it would have been registered, or None.
        experiments: Ids of those in which it may have logged a model.
        record: What the catalog says of MLflow if the save became a version after all.
    """
    record = record or {}
    has_tag = f"tags.`{ARTIFACT_ID_TAG}` = '{artifact_id}'"
    models = [
        model.model_id
        for start in range(0, len(experiments), _AT_ONCE)
        for model in _pages(
            client.search_logged_models,
            experiment_ids=list(experiments[start : start + _AT_ONCE]),
            filter_string=has_tag,
        )
    ]
    models = [model for model in models if f"models:/{model}" != record.get("model_uri")]
    versions = []
    if registered is not None:
        versions = [
            (registered, str(version.version))
            for version in _pages(
                client.search_model_versions,
                filter_string=f"name = '{_quoted(registered)}' and {has_tag}",
            )
            # A copy, as for a promotion, has the tags of the version that is its source.
            if "/" not in version.source.removeprefix("models:/")
        ]
        versions = [
            (name, number)
            for name, number in versions
            if number != str(record.get("registered_model_version"))
            and not _has_alias(client, name, number)
            and not _made_from(client, f"models:/{name}/{number}")
        ]
    models = [each for each in models if not _made_from(client, f"models:/{each}") - set(versions)]
    empty = registered is not None and (
        _is_ours(client, registered, artifact_id)
        and _first_versions(client, registered, len(versions) + 1) == set(versions)
    )
    return Remains(versions, models, registered if empty else None)


def experiments_of(client: Any) -> list[str]:
    """Returns the ids of all experiments."""
    return [str(each.experiment_id) for each in _pages(client.search_experiments)]


def delete_if_ours_and_empty(client: Any, name: str, is_registering: Callable[[str], bool]) -> None:
    """Deletes a registered model that a save made, and that holds nothing more.

    Args:
        client: Of the server.
        name: Of the registered model.
        is_registering: Whether another save is about to add a version to it.
    """
    with gone_is_fine():
        if (
            _is_ours(client, name)
            and not _first_versions(client, name, 1)
            and not is_registering(name)
        ):
            client.delete_registered_model(name)


@contextlib.contextmanager
def gone_is_fine() -> Iterator[None]:
    """Ignores that MLflow does not have something any more."""
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - imported when a value needs it

    try:
        yield
    except MlflowException as error:
        if error.error_code != GONE:
            raise


def _is_ours(client: Any, name: str, artifact_id: str | None = None) -> bool:
    """Returns whether a save, or a certain one, made a registered model to which nobody added."""
    model = None
    with gone_is_fine():
        model = client.get_registered_model(name)
    if model is None:
        return False
    made_by = model.tags.get(ARTIFACT_ID_TAG)
    added = model.description or model.aliases or set(model.tags) - {ARTIFACT_ID_TAG, NAME_TAG}
    return made_by is not None and artifact_id in {None, made_by} and not added


def _has_alias(client: Any, name: str, number: str) -> bool:
    return number in map(str, client.get_registered_model(name).aliases.values())


def _made_from(client: Any, source: str) -> set[tuple[str, str]]:
    """Returns the names and numbers of the versions that were registered from a source."""
    found = _pages(client.search_model_versions, filter_string=f"source_path = '{_quoted(source)}'")
    return {(version.name, str(version.version)) for version in found}


def _first_versions(client: Any, name: str, limit: int) -> set[tuple[str, str]]:
    found = client.search_model_versions(f"name = '{_quoted(name)}'", max_results=limit)
    return {(version.name, str(version.version)) for version in found}


def _pages(search: Any, **arguments: Any) -> Iterator[Any]:
    token = None
    while True:
        page = search(page_token=token, **arguments)
        yield from page
        token = page.token
        if not token:
            return


def _quoted(name: str) -> str:
    return name.replace("'", "''")
