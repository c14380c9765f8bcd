"""The MLflow backend: ``log_model`` and ``load_model``, pointed at the store's own server."""

from __future__ import annotations

import atexit
import contextlib
import functools
import hashlib
import importlib
import json
import logging
import re
import shutil
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lineapy_store.backends.base import Stored
from lineapy_store.backends.mlflow_arguments import (
    ARTIFACT_ID_TAG,
    NAME_TAG,
    check_arguments,
    check_registered_name,
    complete,
)
from lineapy_store.backends.mlflow_remains import (
    GONE,
    delete_if_ours_and_empty,
    experiments_of,
    gone_is_fine,
    remains_of,
)
from lineapy_store.backends.mlflow_requests import Requests
from lineapy_store.backends.mlflow_scope import Scope, code_from, scope
from lineapy_store.backends.reachable import explained, require_reachable
from lineapy_store.configuration import absolute_database
from lineapy_store.errors import (
    AlteredContentError,
    ConfigurationError,
    CorruptArtifactError,
    StoreError,
)
from lineapy_store.flavors import named
from lineapy_store.folders import TemporaryFolder
from lineapy_store.redact import redact

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lineapy_store.backends.base import SaveRequest
    from lineapy_store.flavors import Flavor
    from lineapy_store.records import ArtifactRecord, Reservation

logger = logging.getLogger("lineapy_store")

# What holds where the user's environment does not say otherwise. MLflow's own defaults retry
# for minutes, and a person waits for this call; its progress bar is for much larger things.
_ENVIRONMENT = {
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": False,
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": 2,
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": 1,
    "MLFLOW_HTTP_REQUEST_BACKOFF_JITTER": 0.0,
}

_MODEL_URI = re.compile("models:/(m-[0-9A-Za-z]+)")

# MLflow adds this file to a model's folder when it is read, in place if it can.
_NOT_PART_OF_THE_MODEL = "registered_model_meta"


class MlflowBackend:
    """Keeps models in MLflow, readable by plain MLflow.

    Args:
        tracking_uri: The option ``mlflow_tracking_uri``, or None when it is unset: what
            was saved before is found by its own record then.
        registry_uri: The option ``mlflow_registry_uri``, or None for MLflow's default.
        is_registering: Called with the name of a registered model and the id of an artifact:
            whether another one is being saved under that name.
    """

    def __init__(
        self,
        tracking_uri: str | None,
        registry_uri: str | None,
        is_registering: Callable[[str, str], bool],
    ) -> None:
        self._is_registering = is_registering
        self._tracking_uri = tracking_uri and absolute_database(tracking_uri)
        self._registry_uri = registry_uri and absolute_database(registry_uri)

    def save(self, value: object, request: SaveRequest) -> Stored:
        """Logs ``value`` with its flavor's ``log_model`` and registers it.

        Raises:
            TypeError: An argument that this ``log_model`` does not have.
            InvalidNameError: A name that MLflow's registry does not take.
            BackendUnavailableError: The server does not answer.
        """
        flavor, uri = request.flavor, self._tracking_uri
        if flavor is None or uri is None:
            raise TypeError("the MLflow backend needs a flavor and a tracking URI")
        module = importlib.import_module(flavor.module)
        check_arguments(module, flavor, request.arguments)
        registered = request.arguments.get("registered_model_name", request.name)
        check_registered_name(registered)
        arguments, record = complete(value, flavor, request)
        arguments["registered_model_name"] = registered
        require_reachable(uri)
        requests = Requests()
        uploaded: dict[str, Any] = {}

        def on_upload(folder: str, _model_id: str) -> None:
            uploaded["digest"], uploaded["size"] = tree_digest(Path(folder))

        workspace = _workspace()
        inside = self._scope(
            uri,
            self._registry_uri,
            workspace,
            on_upload=on_upload,
            pins_installed="pip_requirements" in record
            and arguments["pip_requirements"] == record["pip_requirements"],
            requests=requests,
            tags={ARTIFACT_ID_TAG: request.artifact_id, NAME_TAG: request.name},
        )
        with inside, explained(uri):
            place = {
                "tracking_uri": redact(uri),
                "registry_uri": redact(_registry_uri()),
                "workspace": workspace,
                "registered_model_name": registered,
            }
            request.reserve(mlflow=place)
            try:
                info = module.log_model(value, **arguments)
            except BaseException:
                gone = self._take_back(request.artifact_id, registered, arguments.get("run_id"))
                if gone and not requests.in_doubt:
                    request.reserve(mlflow=None)
                raise
        record |= place | {
            "model_uri": info.model_uri,
            "model_flavor": flavor.name,
            "hyperparameters": flavor.note(value),
            # A number from a database, a text from a server.
            "registered_model_version": info.registered_model_version
            and int(info.registered_model_version),
            "run_id": info.run_id,
            # One that the user had made, and only has filled here, is not for us to delete.
            "owns_logged_model": request.arguments.get("model_id") is None,
        }
        settled = not requests.in_doubt
        return Stored(path=info.model_uri, mlflow=record, settled=settled, **uploaded)

    def undo(self, stored: Stored) -> None:
        """Takes a logged model and its registered version back."""
        self._delete(stored.mlflow or {})

    def load(self, record: ArtifactRecord, mmap_mode: str | None = None) -> object:
        """Downloads the model, compares its digest, and loads it with its flavor.

        Raises:
            ConfigurationError: ``mmap_mode`` is given.
            CorruptArtifactError: MLflow has the model no more, or an altered one.
            BackendUnavailableError: The server does not answer.
        """
        if mmap_mode is not None:
            raise ConfigurationError(
                f"mmap_mode={mmap_mode!r}: MLflow holds {record.name!r} version {record.version}, "
                "and only what the lineapy backend holds can be mapped. Leave mmap_mode out"
            )
        with self._downloaded(record) as load_model:
            return load_model()

    def verify(self, record: ArtifactRecord) -> None:
        """Downloads the model, compares its digest and loads it.

        Raises:
            CorruptArtifactError: It is gone, altered, or does not load.
            BackendUnavailableError: The server does not answer.
        """
        with self._downloaded(record) as load_model:
            try:
                load_model()
            except Exception as error:
                raise CorruptArtifactError(
                    f"{record.name!r} version {record.version} is in MLflow as it was saved, "
                    f"but does not load: {type(error).__name__}: {error}"
                ) from error

    @contextlib.contextmanager
    def _downloaded(self, record: ArtifactRecord) -> Iterator[Callable[[], object]]:
        """Gives a function that loads the model, which is here and has its digest."""
        known = record.mlflow or {}
        flavor = _flavor(known)
        module = importlib.import_module(flavor.module)

        def load(folder: Path) -> object:
            value: object = module.load_model(str(folder))
            flavor.restore(value, known.get("hyperparameters") or {})
            return value

        with contextlib.ExitStack() as stack:
            uri = stack.enter_context(self._recorded_scope(known, requests=Requests(record.size)))
            folder = stack.enter_context(TemporaryFolder())
            with explained(uri):
                path = Path(_download(record, uri, str(folder)))
            digest, _ = tree_digest(path)
            if digest != record.digest:
                raise AlteredContentError(
                    f"{record.name!r} version {record.version}: the model at "
                    f"{known.get('model_uri')} on {redact(uri)} is not the one that was "
                    f"saved (digest {digest}, saved {record.digest}). It was not loaded"
                )
            if not (path / "code").is_dir():
                yield functools.partial(load, path)
                return
            lasting = _with_lasting_code(path / "code")
            stack.enter_context(code_from(lasting))
            try:
                yield functools.partial(load, path)
            finally:
                if sys.path.count(str(lasting / "code")) > 1:  # MLflow adds it at every load
                    sys.path.remove(str(lasting / "code"))

    def delete(self, record: ArtifactRecord) -> None:
        """Deletes the model version and the logged model; what is gone already is fine.

        What MLflow does not have as this artifact's, by its tag, stays, and a warning says so.

        Raises:
            BackendUnavailableError: The server does not answer.
            CorruptArtifactError: The catalog cannot be right about the model.
        """
        self._delete(record.mlflow or {}, record.artifact_id)

    def remains(
        self, save: Reservation, record: ArtifactRecord | None, *, remove: bool
    ) -> list[tuple[str, str]]:
        """Returns the kinds and names of what a save that has ended left, and may remove it.

        Args:
            save: Its reservation, which says where to look.
            record: The version that it became, if it did.
            remove: Whether to remove it.

        Raises:
            BackendUnavailableError: The server does not answer.
        """
        place = save.mlflow or {}
        with self._recorded_scope(place) as uri, explained(uri):
            from mlflow import MlflowClient  # noqa: PLC0415 - imported when a value needs it

            client = MlflowClient()
            found = remains_of(
                client,
                save.artifact_id,
                place.get("registered_model_name"),
                experiments_of(client),
                record.mlflow if record else None,
            )
            if remove:
                found.remove(client, lambda name: self._is_registering(name, save.artifact_id))
        return list(found)

    def _take_back(self, artifact_id: str, registered: str | None, run_id: str | None) -> bool:
        """Removes what a failed save has made, and returns whether that is gone."""
        import mlflow  # noqa: PLC0415 - imported when a value needs it
        from mlflow.tracking.fluent import _get_experiment_id  # noqa: PLC0415 - as above

        try:
            client = mlflow.MlflowClient()
            run = client.get_run(run_id) if run_id else mlflow.active_run()
            experiment = run.info.experiment_id if run else _get_experiment_id()
            remains = remains_of(client, artifact_id, registered, [experiment])
            remains.remove(client, lambda name: self._is_registering(name, artifact_id))
        except Exception as error:  # noqa: BLE001 - the first error is the one to raise
            logger.warning(
                "a save failed, and what it left in MLflow, tagged %s=%s, could not be removed "
                "(later, lineapy-store gc --mlflow does it): %s",
                ARTIFACT_ID_TAG,
                artifact_id,
                redact(str(error)),
            )
            return False
        return True

    def _delete(self, known: Mapping[str, Any], artifact_id: str | None = None) -> None:
        model_id = _model_id(known)

        def is_ours(entity: Any) -> bool:
            tag = entity.tags.get(ARTIFACT_ID_TAG)
            if artifact_id is None or tag == artifact_id:
                return True
            logger.warning(
                "a %s was not deleted in MLflow: its tag %s is %r, and not %r, that of the artifact"
                " that is deleted here",
                type(entity).__name__,
                ARTIFACT_ID_TAG,
                tag,
                artifact_id,
            )
            return False

        with self._recorded_scope(known) as uri, explained(uri):
            from mlflow import MlflowClient  # noqa: PLC0415 - imported when a value needs it

            client = MlflowClient()
            name, version = (
                known.get("registered_model_name"),
                known.get("registered_model_version"),
            )
            if name is not None and version is not None:
                with gone_is_fine():
                    if is_ours(client.get_model_version(name, str(version))):
                        client.delete_model_version(name, str(version))
                delete_if_ours_and_empty(
                    client, name, lambda name: self._is_registering(name, artifact_id or "")
                )
            if known.get("owns_logged_model", True):
                with gone_is_fine():
                    if is_ours(client.get_logged_model(model_id)):
                        client.delete_logged_model(model_id)

    @contextlib.contextmanager
    def _recorded_scope(self, known: Mapping[str, Any], **more: Any) -> Iterator[str]:
        tracking_uri = _with_secrets(str(known.get("tracking_uri")), self._tracking_uri)
        registry_uri = _with_secrets(
            str(known.get("registry_uri")), self._registry_uri or self._tracking_uri
        )
        require_reachable(tracking_uri, has_been_used=True)
        with self._scope(tracking_uri, registry_uri, known.get("workspace"), **more):
            yield tracking_uri

    @contextlib.contextmanager
    def _scope(
        self,
        tracking_uri: str,
        registry_uri: str | None,
        workspace: str | None,
        **more: Any,
    ) -> Iterator[None]:
        import mlflow  # noqa: PLC0415 - imported when a value needs it
        from mlflow.tracking.fluent import _last_logged_model_id  # noqa: PLC0415 - as above

        more.setdefault("requests", Requests())
        users = absolute_database(mlflow.get_tracking_uri())
        at_home = users.rstrip("/") == tracking_uri.rstrip("/")
        last_logged_model = _last_logged_model_id.get()
        inside = Scope(
            tracking_uri=tracking_uri,
            registry_uri=registry_uri,
            workspace=workspace,
            # The user's run and experiment are of the user's server.
            experiment_id=None if at_home else _default_experiment,
            environment=_ENVIRONMENT,
            **more,
        )
        try:
            with scope(inside):
                yield
        finally:
            if not at_home:
                _last_logged_model_id.set(last_logged_model)


_code_folder: list[TemporaryFolder] = []
_code_lock = threading.Lock()


def _with_lasting_code(code: Path) -> Path:
    """Returns a folder that holds ``code`` as a model's does, and stays as long as the process.

    Code that was logged with a model is imported from its folder, also after it was loaded. Models
    with the same code have one such folder.
    """
    digest, _ = tree_digest(code)
    with _code_lock:
        if not _code_folder:
            _code_folder.append(TemporaryFolder())
            atexit.register(_code_folder[0].remove)
        folder = _code_folder[0].path / digest
        if not folder.exists():
            new = folder.with_suffix(".new")
            shutil.rmtree(new, ignore_errors=True)
            shutil.copytree(code, new / "code")
            new.rename(folder)
        return folder


def tree_digest(folder: Path) -> tuple[str, int]:
    """Returns the digest of a folder's files and names, and their size in bytes together."""
    digests, size = {}, 0
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != _NOT_PART_OF_THE_MODEL:
            content = hashlib.sha256()
            with path.open("rb") as file:
                while chunk := file.read(1 << 20):
                    content.update(chunk)
                    size += len(chunk)
            digests[path.relative_to(folder).as_posix()] = content.hexdigest()
    return hashlib.sha256(json.dumps(digests, sort_keys=True).encode()).hexdigest(), size


def _with_secrets(recorded: str, configured: str | None) -> str:
    """Returns the URI that the record, which holds no password, is about."""
    if configured is not None and redact(configured) == recorded:
        return configured
    if "***" in recorded:
        raise ConfigurationError(
            f"the model is in MLflow at {recorded}, whose password the catalog does not keep: set "
            "the options 'mlflow_tracking_uri' and 'mlflow_registry_uri' to the URIs with it"
        )
    return recorded


def _workspace() -> str | None:
    from mlflow.utils.workspace_context import (  # noqa: PLC0415 - imported when a value needs it
        get_request_workspace,
    )

    workspace: str | None = get_request_workspace()
    return workspace


def _registry_uri() -> str:
    from mlflow.tracking import get_registry_uri  # noqa: PLC0415 - imported when a value needs it

    return str(get_registry_uri())


def _default_experiment() -> str:
    """Returns the experiment for models of a server that MLflow itself is not pointed at."""
    from mlflow import MlflowClient  # noqa: PLC0415 - imported when a value needs it
    from mlflow.environment_variables import MLFLOW_EXPERIMENT_NAME  # noqa: PLC0415 - see above

    client, name = MlflowClient(), MLFLOW_EXPERIMENT_NAME.get() or "Default"
    experiment = client.get_experiment_by_name(name)
    return str(experiment.experiment_id if experiment else client.create_experiment(name))


def _flavor(known: Mapping[str, Any]) -> Flavor:
    """Returns the flavor that a model was saved with.

    Raises:
        StoreError: This version of the library does not know it.
    """
    try:
        return named(str(known.get("model_flavor")))
    except KeyError as error:
        raise StoreError(
            f"the model was saved with the flavor {error}, which this version of pytest-lineapy "
            "does not know: upgrade it, or restore the catalog from a backup"
        ) from None


def _model_id(known: Mapping[str, Any]) -> str:
    """Returns the id of a logged model; MLflow would take other URIs for files to read.

    Raises:
        CorruptArtifactError: The catalog has something else.
    """
    found = _MODEL_URI.fullmatch(str(known.get("model_uri")))
    if found is None:
        raise CorruptArtifactError(
            f"the catalog has {known.get('model_uri')!r:.200} for a model's URI, and not "
            "'models:/m-' with an id: restore the catalog from a backup"
        )
    return found[1]


def _download(record: ArtifactRecord, uri: str, folder: str) -> str:
    from mlflow.artifacts import download_artifacts  # noqa: PLC0415 - imported when needed
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - see above

    model_uri = f"models:/{_model_id(record.mlflow or {})}"
    try:
        return str(download_artifacts(artifact_uri=model_uri, dst_path=folder))
    except (MlflowException, FileNotFoundError) as error:
        if getattr(error, "error_code", GONE) == GONE:
            raise CorruptArtifactError(
                f"{record.name!r} version {record.version}: MLflow at {redact(uri)} has "
                f"{model_uri} no more ({error}). It was removed there; delete this version"
            ) from error
        raise
